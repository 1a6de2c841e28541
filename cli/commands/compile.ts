import { compileInference, isSupportedOpset, supportedOpsets } from '../../core/compile/inference';
import { initialWeights } from '../../core/compile/weights';
import { t } from '../../core/l10n';
import { encodeModel } from '../../core/onnx/write';
import { type Command, stringOption, UsageError } from '../command';
import { diagnosticLine } from '../diagnostics';
import { loadScheme } from '../input';
import { writeOutput } from '../output';

export const command: Command = {
  usage: 'SCHEME -o OUT.onnx [--opset N]',
  get summary() {
    return t('The intended graph as ONNX, freshly initialised from the seed.');
  },
  options: { output: { type: 'string', short: 'o' }, opset: { type: 'string' } },
  formats: ['text'],
  async run(args, terminal) {
    const [file, ...more] = args.positionals;
    const output = stringOption(args, 'output');
    if (file === undefined || more.length > 0) throw new UsageError(t('Name one scheme.'));
    if (output === undefined) throw new UsageError(t('Say with -o where the graph should go.'));
    const opset = readOpset(stringOption(args, 'opset'));
    const scheme = await loadScheme(file);
    const { network, diagnostics } = scheme.analysis;
    if (!network) {
      const errors = diagnostics.filter(({ severity }) => severity === 'error');
      terminal.err(errors.map((error) => diagnosticLine(scheme, error, terminal)).join('\n'));
      return 1;
    }
    const model = compileInference(network, initialWeights(network, network.scheme.model.seed), { opset });
    await writeOutput(output, encodeModel(model));
    return 0;
  },
};

function readOpset(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (!/^\d+$/.test(value) || !isSupportedOpset(Number(value))) {
    const { first, last } = supportedOpsets;
    throw new UsageError(t('--opset is a whole number from {0} to {1}, not "{2}".', first, last, value));
  }
  return Number(value);
}
