/** `File "train.py", line 12` of Python, and `train.py:12:3`; also paths without a line. */
export function placesIn(text: string): Place[] {
  const python = [...text.matchAll(/File "([^"]+)", line (\d+)/g)].map((match) => ({
    startIndex: match.index,
    length: match[0].length,
    file: match[1]!,
    line: Number(match[2]),
  }));
  const others = [
    ...text.matchAll(
      /(?<![\p{L}\p{N}_./\\-])((?:[A-Za-z]:)?[\p{L}\p{N}_./\\~-]*[\p{L}\p{N}_-]\.[A-Za-z]\w{0,11})(?::(\d+)(?::(\d+))?)?(?![\p{L}\p{N}_/\\])/gu,
    ),
  ]
    .filter(
      (match) =>
        !python.some(({ startIndex, length }) => match.index >= startIndex && match.index < startIndex + length),
    )
    .map((match) => ({
      startIndex: match.index,
      length: match[0].length,
      file: match[1]!,
      ...(match[2] && { line: Number(match[2]) }),
      ...(match[3] && { column: Number(match[3]) }),
    }));
  return [...python, ...others];
}

/** A place in a file that a line of output names. */
export interface Place {
  readonly startIndex: number;
  readonly length: number;
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}
