import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { collectMessages, missingFrom, placeholdersOf, uncollectable } from '../../support/messages.mjs';
import { collectPythonMessages, pythonTranslations, uncollectablePython } from '../../support/pythonMessages.mjs';

const root = path.resolve(__dirname, '../../../..');
const read = (file: string): Record<string, string> => JSON.parse(readFileSync(path.join(root, file), 'utf8'));

describe('What is said to people', () => {
  let messages: string[];
  before(async () => {
    messages = await collectMessages(root);
  });

  it('is written as one literal, except where the schema is explained in its own words', () => {
    assert.deepEqual(
      uncollectable(root).filter((place) => !place.startsWith('core/language/')),
      [],
    );
  });

  it('is collected in l10n/bundle.l10n.json (npm run l10n)', () => {
    assert.deepEqual(Object.keys(read('l10n/bundle.l10n.json')), messages);
  });

  for (const file of translations('l10n', /^bundle\.l10n\.(.+)\.json$/)) {
    it(`is translated in ${file}`, () => {
      assert.deepEqual(missingFrom(read(file), messages), []);
    });

    it(`keeps its placeholders in ${file}`, () => {
      const wrong = Object.entries(read(file)).filter(
        ([message, translation]) => !samePlaceholders(message, translation),
      );
      assert.deepEqual(wrong, []);
    });
  }

  for (const file of translations('.', /^package\.nls\.(.+)\.json$/)) {
    it(`is translated in ${file}`, () => {
      assert.deepEqual(Object.keys(read(file)), Object.keys(read('package.nls.json')));
    });
  }

  it('has a text for every %key% of the manifest', () => {
    const keys = readFileSync(path.join(root, 'package.json'), 'utf8').match(/(?<="%)[\w.]+(?=%")/g) ?? [];
    assert.ok(keys.length > 0);
    assert.deepEqual(missingFrom(read('package.nls.json'), keys), []);
  });
});

describe('What the PyTorch trainer says to people', () => {
  const messages = collectPythonMessages(root);

  it('is written as literals', () => {
    assert.ok(messages.length > 100, `${messages.length}`);
    assert.deepEqual(uncollectablePython(root), []);
  });

  for (const name of translations('l10n', /^bundle\.l10n\.(.+)\.json$/)) {
    const language = /^.*bundle\.l10n\.(.+)\.json$/.exec(name)![1]!;
    it(`is translated into "${language}", with its placeholders and nothing else (npm run l10n)`, () => {
      const found: Record<string, string> = JSON.parse(readFileSync(pythonTranslations(root, language), 'utf8'));
      assert.deepEqual(missingFrom(found, messages), []);
      assert.deepEqual(Object.keys(found), messages);
      assert.deepEqual(
        Object.entries(found).filter(([message, translation]) => !samePlaceholders(message, translation)),
        [],
      );
    });
  }
});

describe('The collector of messages', () => {
  it('sees a placeholder that a translation lost', () => {
    assert.ok(samePlaceholders('{0} of {1}', '{1} 중 {0}'));
    assert.ok(!samePlaceholders('{0} of {1}', '{0}'));
  });

  it('sees what a translation lacks, an empty one included', () => {
    assert.deepEqual(missingFrom({ a: 'x', b: '' }, ['a', 'b', 'c']), ['b', 'c']);
  });
});

function samePlaceholders(message: string, translation: string): boolean {
  return placeholdersOf(message).join() === placeholdersOf(translation).join();
}

function translations(folder: string, pattern: RegExp): string[] {
  const found = readdirSync(path.join(root, folder)).filter((name) => pattern.test(name));
  return found.map((name) => path.posix.join(folder, name));
}
