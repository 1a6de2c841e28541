import { strict as assert } from 'node:assert';
import { parseScheme } from '../../../core/scheme/document';
import { analyze } from '../../../core/shape/analyze';
import { check, diagnosticOf, fixed, schemeOf } from './check';

const whole = schemeOf('{ "type": "dense_set", "unit": 2 }', '"input_size": [4], "label_dim": 2');

describe('The text of a scheme', () => {
  it('may be plain JSON, without a word', () => {
    check(whole);
  });

  it('may have comments, each a hint that can be removed', () => {
    const text = whole.replace('"network"', '<<comment|/* the layers */>> "network"');
    assert.equal(fixed(check(text), 'comment'), whole);
    check(`<<comment|// first>>\n${whole}\n<<comment|// last>>`);
  });

  it('may have a trailing comma, a hint that can be removed', () => {
    const inArray = check(whole.replace('2 }]', '2 }<<trailing-comma|,>>\n <<comment|/* end */>> ]'));
    assert.ok(inArray.network);
    assert.equal(
      fixed(check(whole.replace('2 }]', '2<<trailing-comma|,>>}]')), 'trailing-comma'),
      whole.replace('2 }]', '2}]'),
    );
  });

  it('is an error where a value is missing before a comma', () => {
    check(whole.replace('[4]', '[4,<<syntax|,>>]'));
  });

  it('ends with its closing brace, also behind a trailing comma', () => {
    check(whole.replace(/\}\s*$/, '<<trailing-comma|,>>}<<syntax|]>>'));
  });

  it('may begin with a byte order mark', () => {
    assert.ok(analyze(`\ufeff${whole}`).network);
  });

  it('says which token is missing, and inserts it', () => {
    const comma = check(whole.replace('[4], ', '[4<<syntax|]>> '));
    assert.equal(fixed(comma, 'syntax'), whole);
    const colon = check(whole.replace('"type": ', '"type<<syntax|">> '));
    assert.equal(fixed(colon, 'syntax'), whole.replace('"type": ', '"type": '));
    const brace = analyze(whole.slice(0, -2));
    assert.equal(fixed(brace, 'syntax'), `${whole.slice(0, -2)}}`);
  });

  it('knows the words of other languages', () => {
    const python = check(whole.replace('"unit": 2', '"unit": 2, "use_bias": <<syntax|False>>'), {}, [
      'scheme/redundant-default',
    ]);
    assert.equal(fixed(python, 'syntax'), whole.replace('"unit": 2', '"unit": 2, "use_bias": false'));
    const bare = check(whole.replace('"dense_set"', '<<syntax|dense_set>>'), {}, ['scheme/missing-key']);
    assert.equal(fixed(bare, 'syntax'), whole);
  });

  it('knows the signs and the numbers of other languages', () => {
    const numbers = check(whole.replace('"unit": 2', '"unit": <<syntax|+2>>'), {}, ['scheme/missing-key']);
    assert.equal(fixed(numbers, 'syntax'), whole);
    const point = check(whole.replace('"unit": 2', '"unit": 2, "dropout": <<syntax|.5>>'));
    assert.equal(fixed(point, 'syntax'), whole.replace('"unit": 2', '"unit": 2, "dropout": 0.5'));
    assert.match(diagnosticOf(point, 'syntax').message, /\.5 is no JSON number/);
    const sign = check(whole.replace('"unit": 2', '"unit" <<syntax|=>> 2'));
    assert.equal(fixed(sign, 'syntax'), whole.replace('"unit": 2', '"unit" : 2'));
    const behind = check(whole.replace('"unit": 2', '"unit"<<syntax|=>> 2'));
    assert.equal(fixed(behind, 'syntax'), whole);
    const curly = check(whole.replace('"dense_set"', '<<syntax|“dense_set”>>'), {}, ['scheme/missing-key']);
    assert.equal(fixed(curly, 'syntax'), whole);
  });

  it('may lack a double quote: the one before a key is set, one too many is left to the author', () => {
    const fixes = (text: string) => analyze(text).diagnostics.find(({ code }) => code === 'scheme/syntax')!.fixes;
    const text = whole.replace('"data"', 'data"');
    const { span, text: replacement } = fixes(text)[0]!.changes[0]!;
    assert.equal(text.slice(0, span.start) + replacement + text.slice(span.end), whole);
    assert.ok(!fixes(whole.replace('"data"', '""data""')).some(({ title }) => title.startsWith('Change')));
  });

  it('is told where a comment begins that does not end, and nothing that only follows from it', () => {
    const text = whole.replace('"network"', '/* the layers \n"network"');
    assert.equal(diagnosticOf(analyze(text), 'syntax').message, 'The comment is not closed.');
    assert.equal(fixed(analyze(text), 'syntax'), whole.replace('"network"', '/* the layers */ \n"network"'));
    assert.ok(analyze(whole.replace('"network"', '/* the layers */ "network"')).network);
  });

  it('must not have a key twice; the last one counts meanwhile', () => {
    const analysis = check(whole.replace('"unit": 2', '"unit": 7, <<duplicate-key|"unit">>: 2'));
    assert.equal(analysis.network, undefined);
    assert.deepEqual(analysis.layers[0]!.outputShape, [2]);
    assert.equal(diagnosticOf(analysis, 'duplicate-key').related!.length, 1);
  });

  it('may have one key in two objects', () => {
    check(
      schemeOf(
        '{ "type": "dense_set", "unit": 4 }, { "type": "dense_set", "unit": 2 }',
        '"input_size": [4], "label_dim": 2',
      ),
    );
  });

  it('says what an empty file needs', () => {
    check('<<syntax|>>');
    check('<<comment|// nothing>>', {}, ['scheme/syntax']);
  });

  it('is never too deep', () => {
    for (const depth of [100, 1000, 3000, 10_000, 100_000]) {
      for (const text of [
        '['.repeat(depth),
        `{"data":${'['.repeat(depth)}${']'.repeat(depth)}}`,
        '{"a":'.repeat(depth),
      ]) {
        assert.ok(analyze(text).diagnostics.length > 0);
      }
    }
  });

  it('has a tree even when broken', () => {
    const { root, value } = parseScheme('{ "data": { "image_size": [30, 30, ');
    assert.equal(root?.type, 'object');
    assert.deepEqual(JSON.parse(JSON.stringify(value)), { data: { image_size: [30, 30] } });
  });
});
