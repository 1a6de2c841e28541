import { strict as assert } from 'node:assert';
import { readdirSync, readFileSync } from 'node:fs';
import { analyze } from '../../../core/shape/analyze';

/**
 * The shape rules are written in the Markdown files of this folder. A section with examples is a test: `json data` says what
 * enters the network (and holds until the next), `json network` holds the layers, and `result`, below it, what must come out:
 *
 *     conv: [30, 30, 4]
 *     conv: [30, 30, 4], 40 parameters, 8 buffers, 32400 macs
 *     error shape-mismatch at conv: part of the message
 *
 * Every error and warning must be expected; a network without errors must be built.
 */
const folder = 'test/unit/shape';

interface Example {
  readonly data: string;
  readonly network: string;
  readonly expected: readonly string[];
}

for (const file of readdirSync(folder).filter((name) => name.endsWith('.md'))) {
  const sections = readFileSync(`${folder}/${file}`, 'utf8').split(/^(?=#{1,2} )/m);
  const title = headingOf(sections[0]!);
  describe(title, () => {
    let data = '';
    for (const section of sections) {
      const { examples, data: last } = examplesOf(section, data);
      data = last;
      if (examples.length > 0) it(headingOf(section), () => examples.forEach(assertExample));
    }
  });
}

function headingOf(section: string): string {
  return /^#+ (.*)$/m.exec(section)?.[1] ?? '';
}

/** The examples of a section; the data of the one before holds until another stands there. */
function examplesOf(section: string, before: string): { examples: Example[]; data: string } {
  const examples: Example[] = [];
  let [data, network] = [before, ''];
  for (const [, kind, body] of section.matchAll(/^```(json data|json network|result)\n([\s\S]*?)^```$/gm)) {
    if (kind === 'json data') data = body!;
    else if (kind === 'json network') network = body!;
    else examples.push({ data, network, expected: body!.trim().split('\n') });
  }
  return { examples, data };
}

function assertExample({ data, network: layers, expected }: Example): void {
  const text = `{ "data": ${data}, "model": { "network": ${layers} } }`;
  const analysis = analyze(text);
  const problems = analysis.diagnostics.filter(({ severity }) => severity !== 'hint');
  const expectedProblems = expected.filter((line) => /^(error|warning) /.test(line));
  const message = `${layers}\n${problems.map(({ code, layer, message: words }) => `${code} at ${layer}: ${words}`).join('\n')}`;
  assert.equal(problems.length, expectedProblems.length, message);
  for (const line of expectedProblems) {
    const [, severity, code, layer, part] = /^(\w+) ([\w-]+) at ([\w.]+): (.+)$/.exec(line) ?? [];
    const found = problems.some(
      (each) =>
        each.code === `scheme/${code}` &&
        each.severity === severity &&
        each.layer === layer &&
        each.message.includes(part!),
    );
    assert.ok(found, `${line}\n${message}`);
  }
  assert.equal(analysis.network !== undefined, !expected.some((line) => line.startsWith('error')), message);
  for (const line of expected.filter((each) => !expectedProblems.includes(each))) assertLayer(analysis, line);
}

function assertLayer({ layers, network }: ReturnType<typeof analyze>, line: string): void {
  const [, name, shape, figures = ''] = /^([\w.]+): (\[[\d, ]+\])(.*)$/.exec(line) ?? [];
  const built = network?.layers.find(({ layer }) => layer.name === name);
  const outputShape = built?.outputShape ?? layers.find((layer) => layer.name === name)?.outputShape;
  assert.deepEqual(outputShape, JSON.parse(shape ?? 'null'), line);
  for (const [, value, figure] of figures.matchAll(/, (\d+) (parameters|buffers|macs)/g)) {
    assert.equal(built?.[figure as 'parameters' | 'buffers' | 'macs'], Number(value), `${line}: ${figure}`);
  }
}
