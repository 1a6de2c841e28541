import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { classesOf, load, refused } from './fixtures';

describe('CSV files', () => {
  const values = async (text: string | Uint8Array, changes = {}, name = 'data.csv') => {
    const data = await load(name, text, changes);
    return { values: [...data.values], classes: classesOf(data) };
  };

  it('the last column is the label', async () => {
    assert.deepEqual(await values('a,b,label\n1,2,0\n3.5,-4e1,2\n'), { values: [1, 2, 3.5, -40], classes: [0, 2] });
  });

  it('a named column is the label, wherever it stands', async () => {
    const text = 'kind,a,b\n1,10,20\n';
    assert.deepEqual(await values(text, { labelColumn: 'kind' }), { values: [10, 20], classes: [1] });
  });

  it('text labels are classes, sorted by name', async () => {
    const data = await load('data.csv', 'a,b,kind\n1,2,pear\n3,4,apple\n5,6,fig\n');
    assert.deepEqual(data.labels, {
      kind: 'classes',
      names: ['apple', 'fig', 'pear'],
      classes: Int32Array.of(2, 0, 1),
    });
  });

  it('other whole numbers are classes in their order', async () => {
    const data = await load('data.csv', 'a,b,y\n1,2,30\n3,4,10\n5,6,-2\n');
    assert.deepEqual(data.labels, { kind: 'classes', names: ['-2', '10', '30'], classes: Int32Array.of(2, 1, 0) });
  });

  it('quotes, separators and line ends in fields; CRLF; a byte order mark; empty lines; no line end at the end', async () => {
    const text = '\ufeff"a ""x""","b,\nb",y\r\n"1","2","0"\r\n\r\n3,4,"1"';
    assert.deepEqual(await values(text), { values: [1, 2, 3, 4], classes: [0, 1] });
  });

  it('semicolons and tabs', async () => {
    assert.deepEqual((await values('a;b;y\n1;2;0\n')).values, [1, 2]);
    assert.deepEqual((await values('a\tb\ty\n1\t2\t0\n')).values, [1, 2]);
  });

  it('compressed', async () => {
    assert.deepEqual((await values(gzipSync('a,b,y\n1,2,0\n'), {}, 'data.csv.gz')).values, [1, 2]);
  });

  it('several targets of a regression', async () => {
    const data = await load('data.csv', 'a,b,t,u\n1,2,0.5,-1\n', { labelType: 'regression', labelDim: 2 });
    assert.deepEqual(data.labels, { kind: 'values', values: Float32Array.of(0.5, -1), columns: 2 });
  });

  it('longer than what is read at once', async () => {
    const rows = Array.from({ length: 60_000 }, (_, i) => `${i},"${i * 2}",${i % 3}`);
    const data = await load('data.csv', `a,b,y\n${rows.join('\n')}\n`);
    assert.equal(data.count, 60_000);
    assert.deepEqual([...data.values.subarray(119_998)], [59_999, 119_998]);
  });

  describe('refused with line and next step', () => {
    const cases: [title: string, text: string, expected: Parameters<typeof refused>[1]][] = [
      ['a row with too few fields', 'a,b,y\n1,2,0\n1,2\n', { place: 'line 3', problem: /2 fields; the header has 3/ }],
      ['text among the numbers', 'a,b,y\n1,red,0\n', { place: 'line 2', problem: /"red" in column "b"/ }],
      ['an empty field', 'a,b,y\n1,2,0\n\n1,,0\n', { place: 'line 4', problem: /Column "b" is empty/ }],
      ['not a number', 'a,b,y\nnan,1,0\n', { place: 'line 2', problem: /"nan"/ }],
      ['a quote that is not closed', 'a,b,y\n1,2,0\n"1,2,0\n', { place: 'line 3', problem: /not closed/ }],
      [
        'another number of columns',
        'a,b,c,y\n1,2,3,0\n',
        { place: 'line 1', problem: /Columns beside the label: 3; the scheme needs 2/ },
      ],
      ['nothing but a header', 'a,b,y\n', { problem: /no samples/ }],
      ['nothing at all', '', { problem: /empty/ }],
      [
        'a fourth class',
        'a,b,y\n1,2,0\n1,2,3\n',
        { place: 'line 3', problem: /label is 3; with data.label_dim 3 the labels are 0 to 2/ },
      ],
      [
        'a fraction as class',
        'a,b,y\n1,2,0.5\n',
        { place: 'line 2', problem: /no whole number/, nextStep: /regression/ },
      ],
      ['too few classes', 'a,b,y\n1,2,x\n1,2,y\n', { problem: /Classes in the data: 2 \(x, y\); data.label_dim is 3/ }],
    ];
    for (const [title, text, expected] of cases) it(title, () => refused(load('data.csv', text), expected));

    it('a label column that is not there', () =>
      refused(load('data.csv', 'a,b,y\n1,2,0\n', { labelColumn: 'z' }), {
        place: 'line 1',
        problem: /no label column "z"/,
        nextStep: /a, b, y/,
      }));

    it('truncated and damaged compression', async () => {
      const whole = gzipSync(`a,b,y\n${'1,2,0\n'.repeat(5000)}`);
      await refused(load('data.csv.gz', whole.subarray(0, whole.length - 12)), { problem: /ends too early/ });
      const damaged = Buffer.from(whole);
      damaged.fill(255, 12, 24);
      await refused(load('data.csv.gz', damaged), { problem: /damaged/ });
    });
  });
});
