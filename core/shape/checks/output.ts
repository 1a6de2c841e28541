import { unitsText, valuesText } from '../../counts';
import { t } from '../../l10n';
import { diagnose } from '../../scheme/diagnose';
import type { Diagnostic, Fix } from '../../scheme/diagnostics';
import { appendTo, remove } from '../../scheme/fixes';
import { nodeAt } from '../../scheme/tree';
import type { DataSection } from '../../scheme/types';
import { quoted } from '../../scheme/wording';
import { headFor, isLossActivation, type WrittenHead } from '../head';
import type { NetworkLayer, Shape } from '../network';
import { elementCount, shapeList } from '../shapes';
import { type CheckContext, layerKeyPlace, layerPlace } from './context';

/** How the network ends: in as many values as there are labels, with nothing that the loss does itself. */
export function networkEnd(context: CheckContext): Diagnostic[] {
  const last = context.layers.length - 1;
  const networkLayer = context.layers[last]?.networkLayer;
  if (!networkLayer || !context.data) return [];
  const head = headFor(networkLayer.outputShape, context.data, context.references.places);
  if (!head) return finalActivation(context, last, networkLayer);
  const isImplicit = context.data.labelType === 'classification';
  return [
    isImplicit ? implicitHead(context, last, head) : outputMismatch(context, last, head, networkLayer.outputShape),
  ];
}

function implicitHead(context: CheckContext, last: number, head: WrittenHead): Diagnostic {
  const message =
    head.unit === undefined
      ? t('The network ends in an implicit {0}.', quoted('flatten'))
      : t('The network ends in an implicit head: flatten, then dense with {0}.', unitsText(head.unit));
  return diagnose('scheme/implicit-head', layerPlace(context, last), message, { fixes: writeOut(context, head) });
}

function writeOut(context: CheckContext, head: WrittenHead): Fix[] {
  return appendTo(context.document, ['model', 'network'], head, t('Write the head out'));
}

function outputMismatch(context: CheckContext, last: number, head: WrittenHead, output: Shape): Diagnostic {
  const { labelDim, labelType } = context.data as DataSection;
  const message = t(
    'For {0} the last layer must give {1} ({2}), but it gives {3}.',
    quoted(labelType),
    valuesText(labelDim),
    '"label_dim"',
    elementCount(output) === output[0] ? String(output[0]) : shapeList(output),
  );
  return diagnose('scheme/output-mismatch', layerPlace(context, last), message, { fixes: writeOut(context, head) });
}

function finalActivation(context: CheckContext, last: number, networkLayer: NetworkLayer): Diagnostic[] {
  const { data, training, document, entries } = context;
  const operation = networkLayer.operations.at(-1);
  if (operation?.kind !== 'activation' || operation.activation === 'linear') return [];
  const { path, type } = entries.at(last);
  const key = [...path, 'activation'];
  const isSet = type !== 'activation' && nodeAt(document.root, key) !== undefined;
  // The activation of a layer inside of a block has no key of the block: there is nothing here to be removed.
  const removable = isSet ? key : type === 'activation' ? path : undefined;
  const fixes = removable ? remove(document, removable, true) : [];
  const place = layerKeyPlace(context, last, ['activation']);
  const name = quoted(operation.activation);
  if (training && isLossActivation(operation.activation, training.loss)) {
    const message = t(
      'The loss {0} contains {1}: it is not applied twice. Leave it out here.',
      quoted(training.loss),
      name,
    );
    return [diagnose('scheme/softmax-before-loss', place, message, { fixes })];
  }
  if (data!.labelType === 'regression') return [];
  const message = t('{0} on the last layer withholds values from the loss, which takes any. Leave it out here.', name);
  return [diagnose('scheme/activation-before-head', place, message, { fixes })];
}
