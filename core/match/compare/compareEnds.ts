import { t } from '../../l10n';
import { DataType } from '../../onnx/model';
import type { PreparedSide } from '../canonical/side';
import { isKnown, sameShape } from '../graph/graph';
import { sayType, schemeShape } from '../graph/wording';
import type { Reason } from '../report';
import type { Alignment } from './align';
import { compareFlatInput } from './compareFlatInput';
import { different, type Sides } from './comparePair';

/** What goes into the graphs: how many inputs, their sizes and types, and the normalisation in front. */
export function compareInputs({ intended, exported }: Sides): Reason[] {
  const a = intended.canonical.graph;
  const b = exported.canonical.graph;
  const reasons: Reason[] = [];
  if (a.inputs.length !== b.inputs.length) {
    reasons.push(
      different(
        'inputs',
        a.inputs.map((input) => input.name),
        b.inputs.map((input) => input.name),
      ),
    );
    return reasons;
  }
  a.inputs.forEach((input, place) => {
    const other = b.inputs[place]!;
    const wanted = a.shape(input.name)?.slice(1);
    const found = b.shape(other.name)?.slice(1);
    if (isKnown(wanted) && isKnown(found) && !sameShape(wanted, found)) {
      const key = wanted.length === 3 ? 'image_size' : 'input_size';
      reasons.push(different(key, schemeShape([0, ...wanted]), schemeShape([0, ...found])));
    }
    if (input.dataType !== other.dataType) reasons.push(compareTypes(input.dataType, other.dataType));
  });
  return [...reasons, ...compareLayouts(intended, exported), ...compareNormalizations(intended, exported)];
}

const INTEGERS: ReadonlySet<number> = new Set([DataType.int32, DataType.int64]);

/** Token ids of 32 and of 64 bits name the same tokens: no vocabulary is that large. */
function compareTypes(intended: number, exported: number): Reason {
  const [wanted, found] = [sayType(intended), sayType(exported)];
  if (!INTEGERS.has(intended) || !INTEGERS.has(exported)) return different('dtype', wanted, found);
  const message = t('the input is {0} instead of {1}', found, wanted);
  return { kind: 'equivalent', key: 'dtype', message, rule: 'integer-width' };
}

function compareLayouts(intended: PreparedSide, exported: PreparedSide): Reason[] {
  const [first, last] = [intended, exported].map(({ canonical }) => canonical.channelsLast === true);
  if (first === last) return [];
  const message = last
    ? t('the input has its channels last')
    : t('in the intended graph: {0}', t('the input has its channels last'));
  return [{ kind: 'equivalent', message, rule: 'channels-last' }];
}

function compareNormalizations(intended: PreparedSide, exported: PreparedSide): Reason[] {
  const wanted = intended.network?.scheme.data.normalize;
  const other = exported.network?.scheme.data.normalize;
  if (wanted !== undefined && other !== undefined)
    return wanted === other ? [] : [different('normalize', wanted, other)];
  const kind = wanted ?? other;
  if (kind === undefined || kind === 'none') return [];
  const file = wanted !== undefined ? exported : intended;
  const found = file.canonical.normalization;
  if (!found) {
    const message = t(
      'normalize: the graph has no {0} normalisation in front; its input has to be normalised before',
      kind,
    );
    return [{ kind: 'cannot be told', key: 'normalize', message }];
  }
  if (kind === 'min_max' && found.perChannel) return [different('normalize', kind, 'z_score')];
  const message = t('{0} normalisation in front ({1})', kind, found.nodes.map((node) => node.opType).join(', '));
  return [{ kind: 'equivalent', key: 'normalize', message, rule: 'normalization-in-front' }];
}

/** What comes out: how many outputs, and from which nodes; labels that go with them. */
export function compareOutputs(sides: Sides, pairs: Alignment): Reason[] {
  return [...compareFlatInput(sides, pairs), ...compareScores(sides, pairs), ...compareLabels(sides)];
}

/** Labels follow from the scores; only what the classes are called may be another. */
function compareLabels({ intended, exported }: Sides): Reason[] {
  const [wanted, found] = [intended.labels, exported.labels];
  if (wanted && found) {
    if (wanted.classes && found.classes) {
      return wanted.classes.join() === found.classes.join() ? [] : [different('labels', wanted.classes, found.classes)];
    }
    const message = t('labels: what the classes are called is not read from these files');
    return [{ kind: 'cannot be told', key: 'labels', message }];
  }
  const labels = wanted ?? found;
  if (!labels) return [];
  const operators = labels.nodes.map(({ opType }) => opType).reverse();
  const said = t('label output behind the scores ({0})', operators.join(', '));
  const message = wanted ? t('in the intended graph: {0}', said) : said;
  return [{ kind: 'equivalent', message, rule: 'label-output' }];
}

function compareScores({ intended, exported }: Sides, pairs: Alignment): Reason[] {
  const wanted = producers(intended);
  const found = producers(exported);
  if (wanted.length !== found.length) {
    return [different('outputs', intended.canonical.graph.outputs, exported.canonical.graph.outputs)];
  }
  const taken = new Set(pairs);
  return wanted.flatMap((place, index) => {
    const partner = place < 0 ? -1 : pairs[place]!;
    // A last node without a partner is told as missing or surplus; only two that have other partners are crossed.
    if (partner === found[index] || (place >= 0 && partner < 0) || !taken.has(found[index]!)) return [];
    const name = intended.canonical.graph.outputs[index];
    return [different('outputs', name, exported.canonical.graph.outputs[index])];
  });
}

function producers(side: PreparedSide): number[] {
  return side.canonical.graph.outputs.map((output) => side.order.indexOf(side.canonical.graph.producer(output)!));
}
