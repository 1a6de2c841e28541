import assert from 'node:assert/strict';
import { type Cursor, cursorAt } from '../../../core/language/cursor';

function cursorOf(marked: string): Cursor {
  return cursorAt(marked.replace('$0', ''), marked.indexOf('$0'));
}

/** `key of model`, `value of model.network.0`, `nothing`. */
function placeOf(marked: string): string {
  const { place, path } = cursorOf(marked);
  return place === 'nothing' ? place : `${place} of ${path.join('.')}`;
}

describe('the cursor in a half-typed text', () => {
  const places: readonly (readonly [string, string])[] = [
    ['$0', 'value of '],
    ['{}$0', 'nothing'],
    ['{ $0 }', 'key of '],
    ['{ "$0" }', 'key of '],
    ['{ "dat$0', 'key of '],
    ['{ dat$0 }', 'key of '],
    ['{ "data"$0: {} }', 'key of '],
    ['{ "data" $0: {} }', 'nothing'],
    ['{ "data": $0 }', 'value of data'],
    ['{ "data": { "a": 1, $0 } }', 'key of data'],
    ['{ "data": { "a": "x$0" } }', 'value of data.a'],
    ['{ "data": { "a": 1$0 } }', 'value of data.a'],
    ['{ "data": { "a": tr$0 } }', 'value of data.a'],
    ['{ "data": [$0] }', 'value of data.0'],
    ['{ "data": [1, 2, $0] }', 'value of data.2'],
    ['{ "data": [1 $0] }', 'value of data.1'],
    ['{ "data": [{ "a": 1 }, { "b": [$0', 'value of data.1.b.0'],
    ['{ "data": { "a": [1, 2 }, "b": $0 }', 'value of b'],
    ['{ "data": { "a": 1 ], "b": $0 } }', 'value of data.b'],
    ['{ // "a": $0\n }', 'nothing'],
    ['{ // "a":\n $0 }', 'key of '],
    ['{ /* $0 */ }', 'nothing'],
    ['{ /* */ $0 }', 'key of '],
    ['{ /* $0', 'nothing'],
    ['$0 { "a": 1 }', 'nothing'],
    ['{ "a": $0 { "b": 1 } }', 'nothing'],
    ['{ "a": $0\n "b": {} }', 'value of a'],
  ];
  for (const [marked, expected] of places) {
    it(`${JSON.stringify(marked)}: ${expected}`, () => assert.equal(placeOf(marked), expected));
  }

  it('sees the keys on both sides, and not the one that is being typed', () => {
    const { container } = cursorOf('{ "a": 1, "b$0": 2, "c": { "d": 3 }, "e": "f" }');
    assert.deepEqual(
      [...container.entries],
      [
        ['a', 1],
        ['c', undefined],
        ['e', 'f'],
      ],
    );
  });

  it('sees the keys behind a key that has no colon yet', () => {
    const { container, place } = cursorOf('{ "a": 1,\n "na$0\n "b": 2 }');
    assert.equal(place, 'key');
    assert.deepEqual(
      [...container.entries],
      [
        ['a', 1],
        ['b', 2],
      ],
    );
  });

  it('takes the next line’s key for a key although a value is missing before it', () => {
    assert.equal(placeOf('{ "a": \n "b$0": 1 }'), 'key of ');
    assert.equal(placeOf('{ "a": \n "b": 1, "c": $0 }'), 'value of c');
  });

  it('notices where commas are missing', () => {
    const before = cursorOf('{ "a": 1 // one\n $0 }');
    assert.equal(before.commaBefore, '{ "a": 1'.length);
    assert.equal(before.commaAfter, false);
    assert.equal(cursorOf('{ $0 "a": 1 }').commaAfter, true);
    assert.equal(cursorOf('{ $0, "a": 1 }').commaAfter, false);
    assert.equal(cursorOf('{ "a": 1, $0 }').commaBefore, undefined);
    assert.equal(cursorOf('[{}, $0 {}]').commaAfter, true);
  });

  it('replaces the whole string, but no more than the word of one that is still open', () => {
    const tokenOf = (marked: string) => {
      const { token } = cursorOf(marked);
      return marked.replace('$0', '').slice(token.start, token.end);
    };
    assert.equal(tokenOf('{ "ke$0rnel": 3 }'), '"kernel"');
    assert.equal(tokenOf('{ "ke$0, "b": 1 }'), '"ke');
    assert.equal(tokenOf('{ "ke$0rnel\n "b": 1 }'), '"kernel');
    assert.equal(tokenOf('{ ke$0rnel }'), 'kernel');
    assert.equal(tokenOf('{ $0 }'), '');
  });

  it('replaces the value that a key has already, but not the next key', () => {
    const tokenOf = (marked: string) => {
      const { token } = cursorOf(marked);
      return marked.replace('$0', '').slice(token.start, token.end);
    };
    assert.equal(tokenOf('{ "a": $03, "b": 1 }'), '3');
    assert.equal(tokenOf('{ "a":$0 "x" }'), ' "x"');
    assert.equal(tokenOf('{ "a": $0 "b": 1 }'), '');
    assert.equal(tokenOf('{ "a": $0\n 3 }'), '');
  });

  it('knows that a colon follows the key', () => {
    assert.equal(cursorOf('{ "a$0": 1 }').colonAfter, true);
    assert.equal(cursorOf('{ "a$0" }').colonAfter, false);
  });

  it('has the containers’ values, also those behind the cursor', () => {
    const { containers } = cursorOf('{ "network": [{ "pool": { "size": $0 }, "type": "conv2d_set" }] }');
    assert.deepEqual(
      containers.map(({ segment }) => segment),
      [undefined, undefined, 'network', 0, 'pool'],
    );
    assert.equal(containers[3]?.entries.get('type'), 'conv2d_set');
  });
});

describe('a byte order mark', () => {
  it('is not in the way of what is written behind it', () => {
    const cursor = cursorAt('\ufeff{ "data": { ', 13);
    assert.equal(cursor.place, 'key');
    assert.deepEqual(cursor.path, ['data']);
    const empty = cursorAt('\ufeff', 1);
    assert.equal(empty.place, 'value');
    assert.deepEqual(empty.token, { start: 1, end: 1 });
  });
});
