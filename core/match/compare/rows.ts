import { t } from '../../l10n';
import type { NetworkLayer } from '../../shape/network';
import type { PreparedSide } from '../canonical/side';
import type { GraphNode } from '../graph/graph';
import { describeNode, nodeName, outputShapeOf, parametersOf, TAIL_KEYS } from '../graph/wording';
import type { LayerSide, LayerStatus, LayerVerdict, MatchNode, Reason } from '../report';
import type { Findings } from './compare';
import { different } from './comparePair';

/**
 * Tells the findings layer by layer: the layers of the scheme where a side is one, else the nodes of the intended graph.
 * Surplus nodes of the exported graph stand where they were found, those of a set's tail in the row of their set.
 */
export function buildRows(findings: Findings): LayerVerdict[] {
  const drafts = new Drafts(findings);
  placeIntended(findings, drafts);
  placeExported(findings, drafts);
  placeDropouts(findings, drafts);
  const rows = drafts.inOrder().map((draft) => finish(draft, findings));
  return findings.ends.length > 0 ? [endsRow(findings), ...rows] : rows;
}

/** A row in the making. */
interface Draft {
  readonly name: string;
  readonly layer?: NetworkLayer;
  readonly intended: GraphNode[];
  readonly exported: GraphNode[];
  readonly reasons: Reason[];
  /** Nodes of the side that gives the rows, and how many of them found no partner. */
  own: number;
  unpaired: number;
  moved: number;
  /** The operation that makes the layer what it is found no partner, whatever is left of its tail. */
  mainLost: boolean;
  /** The row below it. */
  next: Draft | undefined;
}

/** Draft rows by name, in the order of the report. */
class Drafts {
  readonly byExported: boolean;
  first: Draft | undefined;
  private last: Draft | undefined;
  private readonly byLayer = new Map<string, Draft>();
  private readonly layerOfOperation: ReadonlyMap<string, string>;
  /** The draft of an exported node's place, once it has one. */
  readonly ofExported = new Map<number, Draft>();

  constructor({ intended, exported }: Findings) {
    this.byExported = !intended.network && exported.network !== undefined;
    const network = intended.network ?? exported.network;
    this.layerOfOperation = new Map(network?.operations.map((operation) => [operation.id, operation.layer]));
    for (const layer of network?.layers ?? []) {
      this.byLayer.set(layer.layer.name, this.append(layer.layer.name, layer));
    }
  }

  /** The layers that a node stands for, the one whose operation it is first; none when the side is no scheme. */
  layersOf(node: GraphNode): Draft[] {
    const names = node.origin.map((part) => this.layerOfName(part.name));
    return [...new Set(names)].flatMap((name) => this.layer(name) ?? []);
  }

  /** A compiled node is named by its operation (`conv_1/conv`), helpers of it by more (`conv_1/conv/Mul:0`). */
  private layerOfName(name: string): string | undefined {
    for (let id = name; id !== ''; id = id.slice(0, Math.max(0, id.lastIndexOf('/')))) {
      const layer = this.layerOfOperation.get(id);
      if (layer !== undefined) return layer;
    }
    return undefined;
  }

  layer(name: string | undefined): Draft | undefined {
    return name === undefined ? undefined : this.byLayer.get(name);
  }

  append(name: string, layer?: NetworkLayer): Draft {
    return this.link(this.last, newDraft(name, layer));
  }

  insertAfter(previous: Draft | undefined, name: string): Draft {
    return this.link(previous, newDraft(name));
  }

  inOrder(): readonly Draft[] {
    const drafts: Draft[] = [];
    for (let draft = this.first; draft; draft = draft.next) drafts.push(draft);
    return drafts;
  }

  private link(previous: Draft | undefined, draft: Draft): Draft {
    if (previous) {
      draft.next = previous.next;
      previous.next = draft;
    } else {
      draft.next = this.first;
      this.first = draft;
    }
    if (previous === this.last) this.last = draft;
    return draft;
  }
}

function newDraft(name: string, layer?: NetworkLayer): Draft {
  return {
    name,
    intended: [],
    exported: [],
    reasons: [],
    own: 0,
    unpaired: 0,
    moved: 0,
    mainLost: false,
    next: undefined,
    ...(layer ? { layer } : {}),
  };
}

function placeIntended(findings: Findings, drafts: Drafts): void {
  const { intended, exported, pairs, reasons, moved } = findings;
  let previous: Draft | undefined;
  const arrangements: number[] = [];
  intended.order.forEach((node, place) => {
    const at = pairs[place]!;
    const partner = exported.order[at];
    const layers = layersOfPair(drafts, node, partner);
    if (layers.length === 0 && isArrangement(node, partner, reasons[place]!)) {
      arrangements.push(place);
      return;
    }
    const draft =
      layers[0] ?? (drafts.byExported ? drafts.insertAfter(previous, nodeName(node)) : drafts.append(nodeName(node)));
    previous = draft;
    draft.own++;
    for (const each of layers.length > 0 ? layers : [draft]) {
      each.intended.push(node);
      if (partner) each.exported.push(partner);
    }
    if (partner) {
      drafts.ofExported.set(at, draft);
      for (const reason of reasons[place]!) (layerOfReason(reason, layers) ?? draft).reasons.push(reason);
      return;
    }
    const target = moved.get(place);
    if (target === undefined) {
      draft.unpaired++;
      draft.mainLost ||= node.op === 'convolution' || node.op === 'dense';
      draft.reasons.push(lost(node));
    } else {
      draft.moved++;
      draft.exported.push(exported.order[target]!);
      draft.reasons.push(movedReason(findings, node, target));
      drafts.ofExported.set(target, draft);
    }
    for (const each of arrangements.splice(0)) placeArrangement(findings, each, draft, drafts);
  });
  for (const each of arrangements) placeArrangement(findings, each, previous, drafts);
}

/** What a rule put where one side's layout begins or ends is no row of its own, unless it is different. */
function isArrangement(node: GraphNode, partner: GraphNode | undefined, reasons: readonly Reason[]): boolean {
  const isOfNoFile = node.origin.length === 0 || partner?.origin.length === 0;
  return partner !== undefined && isOfNoFile && reasons.every(({ kind }) => kind === 'equivalent');
}

/** In the row of the layer that it was put in front of. */
function placeArrangement(
  { intended, exported, pairs, reasons }: Findings,
  place: number,
  draft: Draft | undefined,
  drafts: Drafts,
): void {
  if (!draft) return;
  const at = pairs[place]!;
  const [node, partner] = [intended.order[place]!, exported.order[at]!];
  drafts.ofExported.set(at, draft);
  if (node.origin.length > 0) draft.intended.unshift(node);
  if (partner.origin.length > 0) draft.exported.unshift(partner);
  draft.reasons.unshift(...reasons[place]!);
}

function layersOfPair(drafts: Drafts, node: GraphNode, partner: GraphNode | undefined): Draft[] {
  if (!drafts.byExported) return drafts.layersOf(node);
  return partner ? drafts.layersOf(partner) : [];
}

/** Batch normalization may be a layer of its own that became one with the layer before it. */
function layerOfReason(reason: Reason, layers: readonly Draft[]): Draft | undefined {
  if (reason.key !== 'batch_normalization' && reason.key !== 'epsilon') return undefined;
  return layers.find((draft) => draft.layer?.layer.type === 'batch_normalization');
}

function tailKey(node: GraphNode): string | undefined {
  return TAIL_KEYS[node.op];
}

function tailValue(node: GraphNode): unknown {
  if (node.op === 'activation') return node.settings.activation;
  if (node.op === 'batch_normalization') return true;
  return node.settings.pooling_size;
}

/** An intended node without a partner; told as the whole layer's loss later, if all of the layer is lost. */
function lost(node: GraphNode): Reason {
  const key = tailKey(node);
  if (key) return different(key, tailValue(node), undefined);
  const order = node.op === 'Transpose' ? { key: 'perm' } : {};
  return { kind: 'missing', ...order, message: t('{0} is missing in the exported graph', describeNode(node)) };
}

function movedReason({ exported }: Findings, node: GraphNode, target: number): Reason {
  const before = exported.order[target]!.inputs[0];
  const producer = exported.canonical.graph.producer(before);
  const where = producer ? t('behind {0}', nodeName(producer)) : t('at the input');
  return { kind: 'moved', message: t('{0} stands {1} in the exported graph', describeNode(node), where) };
}

/** Surplus nodes: a tail's operation in the row of its set, others in rows of their own, a run of them in one. */
function placeExported(findings: Findings, drafts: Drafts): void {
  const { exported, pairs } = findings;
  const taken = new Set(pairs);
  let previous: Draft | undefined;
  let run: Draft | undefined;
  exported.order.forEach((node, place) => {
    const known = drafts.ofExported.get(place);
    if (known || taken.has(place)) {
      previous = known ?? previous;
      run = undefined;
      return;
    }
    const layer = drafts.byExported ? drafts.layersOf(node)[0] : undefined;
    if (layer) {
      layer.own++;
      layer.unpaired++;
      layer.exported.push(node);
      layer.reasons.push(surplus(node));
      previous = layer;
      return;
    }
    const set = run ?? previous;
    if (set && tailKey(node) && (run || takesTail(set, node))) {
      set.exported.push(node);
      set.reasons.push(run ? surplus(node) : different(tailKey(node)!, undefined, tailValue(node)));
      return;
    }
    run = drafts.insertAfter(run ?? previous, nodeName(node));
    run.exported.push(node);
    run.reasons.push(surplus(node));
  });
}

/** A set of the scheme that has no such operation yet. */
function takesTail(draft: Draft, node: GraphNode): boolean {
  const isSet =
    draft.layer !== undefined && draft.intended.some((own) => own.op === 'convolution' || own.op === 'dense');
  return isSet && !draft.exported.some((own) => own.op === node.op);
}

function surplus(node: GraphNode): Reason {
  return { kind: 'extra', message: t('{0} is not in the intended graph', describeNode(node)) };
}

function placeDropouts({ dropouts, intended, exported, pairs }: Findings, drafts: Drafts): void {
  for (const { layer, place, reason } of dropouts) {
    const at = place < 0 ? undefined : pairs[place]!;
    const node = place < 0 ? undefined : drafts.byExported ? exported.order[at!] : intended.order[place];
    const draft =
      drafts.layer(layer) ??
      (node && drafts.layersOf(node)[0]) ??
      (at !== undefined ? drafts.ofExported.get(at) : undefined) ??
      drafts.first;
    draft?.reasons.push(reason);
  }
}

const SEVERITY: readonly LayerStatus[] = [
  'missing',
  'extra',
  'moved',
  'different',
  'cannot be told',
  'equivalent',
  'same',
];

function finish(draft: Draft, findings: Findings): LayerVerdict {
  const whole = wholeStatus(draft);
  const reasons = whole
    ? [...wholeReasons(draft, whole), ...draft.reasons.filter(isOpen)]
    : draft.reasons.map((reason) => partOfLayer(reason, draft));
  const status = whole ?? worst(reasons);
  const { intended, exported } = findings;
  const left = sideOf(draft, draft.intended, intended);
  const right = sideOf(draft, draft.exported, exported);
  return {
    name: draft.name,
    status,
    reasons,
    ...(left ? { intended: left } : {}),
    ...(right ? { exported: right } : {}),
  };
}

/** The status of a row that is missing or extra as a whole. */
function wholeStatus(draft: Draft): 'missing' | 'extra' | undefined {
  if (draft.intended.length === 0 && draft.exported.length > 0) return 'extra';
  if (draft.intended.length > 0 && draft.exported.length === 0 && draft.own === draft.unpaired) return 'missing';
  return undefined;
}

function wholeReasons(draft: Draft, status: 'missing' | 'extra'): Reason[] {
  const nodes = status === 'missing' ? draft.intended : draft.exported;
  const what = nodes.map(describeNode).join(', ');
  const message =
    status === 'missing' ? t('missing in the exported graph: {0}', what) : t('not in the intended graph: {0}', what);
  return [{ kind: status, message }];
}

function isOpen(reason: Reason): boolean {
  return reason.kind === 'cannot be told';
}

/** Part of a layer that is missing or surplus makes the layer different; without its main operation it is missing. */
function partOfLayer(reason: Reason, { mainLost }: Draft): Reason {
  if (reason.kind === 'missing' && mainLost) return reason;
  return reason.kind === 'missing' || reason.kind === 'extra' ? { ...reason, kind: 'different' } : reason;
}

function worst(reasons: readonly Reason[]): LayerStatus {
  return SEVERITY.find((status) => reasons.some((reason) => reason.kind === status)) ?? 'same';
}

function sideOf(draft: Draft, nodes: readonly GraphNode[], side: PreparedSide): LayerSide | undefined {
  const isScheme = side.network !== undefined;
  const layer = isScheme ? draft.layer : undefined;
  if (nodes.length === 0 && !layer) return undefined;
  const last = nodes[nodes.length - 1];
  const line = layer && side.lines?.get(layer.layer.name);
  const shape = layer?.outputShape ?? (last && outputShapeOf(last, side.canonical.graph));
  return {
    type: layer?.layer.type ?? nodes.map((node) => node.op).join(', '),
    summary: nodes.map(describeNode).join(', ') || (layer?.layer.type ?? ''),
    parameters: layer?.parameters ?? parametersOf(nodes, side.canonical.graph),
    nodes: [...new Set(nodes.flatMap(({ origin }) => origin))].map(nodeOfFile),
    ...(shape ? { outputShape: shape } : {}),
    ...(layer ? { path: layer.layer.path } : {}),
    ...(line !== undefined ? { line } : {}),
  };
}

function nodeOfFile(part: GraphNode['origin'][number]): MatchNode {
  const attributes = Object.fromEntries(
    [...part.attributes].flatMap(([name, value]) => (isPlain(value) ? [[name, value.value]] : [])),
  );
  return { name: part.name || part.outputs[0] || part.opType, opType: part.opType, attributes };
}

function isPlain(attribute: { readonly type: string }): attribute is { type: string; value: unknown } {
  return ['float', 'int', 'string', 'floats', 'ints', 'strings'].includes(attribute.type);
}

/** What goes in and comes out, when there is something to say about it. */
function endsRow({ ends, intended }: Findings): LayerVerdict {
  const status = worst(ends);
  const path = intended.network ? { path: ['data'] as const } : {};
  const side: LayerSide = { type: 'data', summary: t('input and output'), nodes: [], ...path };
  return { name: 'data', status, reasons: ends, intended: side };
}
