import assert from 'node:assert/strict';
import { csv, markdownTable, textTable } from '../../../cli/table';

const columns = [{ title: 'Layer' }, { title: 'Parameters', align: 'right' as const }];

describe('tables', () => {
  it('line up by what a letter takes on the screen', () => {
    assert.equal(
      textTable(columns, [
        ['합성곱', '640'],
        ['conv_1', '7'],
      ]),
      'Layer   Parameters\n합성곱         640\nconv_1           7',
    );
  });

  it('escape what Markdown would take for a column', () => {
    assert.equal(markdownTable(columns, [['a|b', '1']]), '| Layer | Parameters |\n| --- | ---: |\n| a\\|b | 1 |');
  });

  it('quote what CSV would take for a separator', () => {
    assert.equal(csv([['a,b', 'say "x"', 'two\nlines', 'plain']]), '"a,b","say ""x""","two\nlines",plain\r\n');
  });
});
