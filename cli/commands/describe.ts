import { t } from '../../core/l10n';
import { countText, memoryText } from '../../core/quantities';
import { type Description, describe } from '../../core/shape/describe';
import { type Command, UsageError } from '../command';
import { diagnosticLine } from '../diagnostics';
import { loadScheme } from '../input';
import { markdownTable, textTable } from '../table';

export const command: Command = {
  usage: 'SCHEME [--format text|json|markdown]',
  get summary() {
    return t('The model table: layers, output shapes, parameters, multiply-accumulates, memory.');
  },
  options: {},
  formats: ['text', 'json', 'markdown'],
  async run({ positionals: [file, ...more], options }, terminal) {
    if (file === undefined || more.length > 0) throw new UsageError(t('Name one scheme.'));
    const scheme = await loadScheme(file);
    const { network, diagnostics } = scheme.analysis;
    if (!network) {
      const errors = diagnostics.filter(({ severity }) => severity === 'error');
      terminal.err(errors.map((error) => diagnosticLine(scheme, error, terminal)).join('\n'));
      return 1;
    }
    terminal.out(render(describe(network), String(options.format)));
    return 0;
  },
};

function render(description: Description, format: string): string {
  if (format === 'json') return JSON.stringify(description, null, 2);
  const table = format === 'markdown' ? markdownTable : textTable;
  return `${table(columns(), rows(description))}\n\n${totals(description)}`;
}

function columns() {
  return [
    { title: t('Layer') },
    { title: t('Type') },
    { title: t('Output') },
    { title: t('Parameters'), align: 'right' as const },
    { title: t('MACs'), align: 'right' as const },
  ];
}

function rows(description: Description): string[][] {
  return description.layers.map(({ name, type, outputShape, parameters, macs }) => [
    name,
    type,
    outputShape.join(' × '),
    countText(parameters),
    countText(macs),
  ]);
}

function totals({ parameters, buffers, macs, memory }: Description): string {
  return [
    t('Parameters: {0} trained, {1} kept (running statistics)', countText(parameters), countText(buffers)),
    t('Multiply-accumulates for one sample: {0}', countText(macs)),
    t('Memory for training with a batch of {0}: about {1}', memory.batchSize, memoryText(memory.total)),
  ].join('\n');
}
