import type { CodeLens, Command } from 'vscode-languageserver-types';
import { layersText, parametersText } from '../counts';
import { t } from '../l10n';
import { memoryText, shortCountText } from '../quantities';
import type { Span } from '../scheme/diagnostics';
import { propertyNodeAt, spanOf } from '../scheme/tree';
import { estimateMemory } from '../shape/memory';
import { shapeText } from '../shape/shapes';
import { rangeOf, type Snapshot } from './snapshot';

/** Commands that the client has; their one argument is the scheme's address. */
export const commands = {
  run: 'matchdown.runScheme',
  match: 'matchdown.openMatch',
  describe: 'matchdown.describe',
} as const;

/**
 * Above the network its totals; with a client that has the commands also what can be done with the scheme, above its first
 * line, and the model table behind the totals.
 */
export function codeLensesOf(snapshot: Snapshot, hasCommands: boolean): CodeLens[] {
  const network = propertyNodeAt(snapshot.analysis.document.root, ['model', 'network']);
  const above = network === undefined ? undefined : spanOf(network);
  return [
    ...(hasCommands ? [lens(snapshot, start, command(snapshot, t('$(play) Run'), commands.run))] : []),
    ...(hasCommands ? [lens(snapshot, start, command(snapshot, t('$(git-compare) Match'), commands.match))] : []),
    ...(above === undefined ? [] : [lens(snapshot, above, totals(snapshot, hasCommands))]),
  ];
}

const start: Span = { start: 0, end: 0 };

function totals(snapshot: Snapshot, hasCommands: boolean): Command {
  const { network, layers } = snapshot.analysis;
  if (network === undefined) return { title: layersText(layers.length), command: '' };
  const title = [
    layersText(network.layers.length),
    `${shapeText(network.inputShape)} → ${shapeText(network.outputShape)}`,
    parametersText(network.parameters),
    t('{0} MACs', shortCountText(network.macs)),
    t('about {0} to train', memoryText(estimateMemory(network).total)),
  ].join(' · ');
  return hasCommands ? command(snapshot, title, commands.describe) : { title, command: '' };
}

function command({ document }: Snapshot, title: string, name: string): Command {
  return { title, command: name, arguments: [document.uri] };
}

function lens(snapshot: Snapshot, span: Span, content: Command): CodeLens {
  return { range: rangeOf(snapshot, { start: span.start, end: span.start }), command: content };
}
