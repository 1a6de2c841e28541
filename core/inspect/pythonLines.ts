import type { SourceLine } from '../protocol/onnx';

const FRAME = /^\s*File "([^"\n]+)", line (\d+), in ([^\n]+)(?:\n(?!\s*File ")[ \t]*([^\n]*))?/gm;
const LIBRARY = /[\\/](site-packages|dist-packages|lib[\\/]python[\d.]+)[\\/]/;

/**
 * The frames of a Python stack trace as PyTorch's dynamo exporter keeps it with each node
 * (`pkg.torch.onnx.stack_trace`), innermost first. Frames inside of installed libraries are left out, unless there is no other.
 */
export function pythonLines(trace: string): SourceLine[] {
  const frames = [...trace.matchAll(FRAME)].map(
    ([, file, line, name, text]): SourceLine => ({
      file: file!,
      line: Number(line),
      function: name!.trim(),
      text: (text ?? '').trim(),
    }),
  );
  const own = frames.filter(({ file }) => !LIBRARY.test(file));
  return (own.length > 0 ? own : frames).reverse();
}
