import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseSettings, placeOf, readTargets } from '../../../core/runs/readTargets';
import { InputError } from '../../../engine/errors';
import { findTargets } from '../../../engine/targets/targetFiles';
import { projectRoot } from '../../support/projectRoot';
import { temporaryFolder } from '../../support/temporaryFolder.mjs';

const box = { name: 'box', kind: 'ssh', host: 'gpu-box' };

describe('targets in the settings', () => {
  const names = (setting: unknown) => readTargets(setting).targets.map(({ name }) => name);
  const problems = (setting: unknown) => readTargets(setting).problems.map(({ message }) => message);

  it('embedded and local are there without being configured; a configured local takes the place of the other', () => {
    assert.deepEqual(names(undefined), ['embedded', 'local']);
    assert.deepEqual(names([box]), ['embedded', 'local', 'box']);
    assert.deepEqual(names([{ name: 'local', kind: 'local', python: 'python3.12' }]), ['embedded', 'local']);
  });

  for (const [wrong, message] of [
    [{ name: 'a', kind: 'ssh' }, 'Target "a" needs "host".'],
    [{ name: 'a', kind: 'docker' }, 'Target "a": "kind" is local, ssh or slurm.'],
    [{ ...box, partition: 'gpu' }, 'Target "box": "partition" is no key of such a target.'],
    [{ ...box, host: '-oProxyCommand=touch x' }, /^Target "box": "host" must match pattern/],
    [{ ...box, folder: 'relative' }, /^Target "box": "folder" must match pattern/],
    [{ ...box, environment: { 'A;touch x': '1' } }, /"environment"/],
    [{ name: 'embedded', kind: 'local' }, 'The name "embedded" is taken by the built-in target.'],
    [{ kind: 'ssh', host: 'a' }, 'Target number 1 needs "name".'],
    [{ name: 'a', kind: 'slurm', options: ['-p gpu'] }, /"options.0"/],
    [{ name: 'a', kind: 'slurm', partition: '--wrap=touch x' }, /"partition"/],
  ] as const) {
    it(`wrong, left out and told: ${JSON.stringify(wrong)}`, () => {
      const [first, ...more] = problems([wrong]);
      assert.deepEqual(more, []);
      if (typeof message === 'string') assert.equal(first, message);
      else assert.match(first ?? '', message);
      assert.deepEqual(names([wrong]), ['embedded', 'local']);
    });
  }

  it('a name that is there twice, and a setting that is no list', () => {
    assert.deepEqual(problems([box, box]), ['There is another target named "box" before it.']);
    assert.deepEqual(names([box, { ...box, host: 'other' }]), ['embedded', 'local', 'box']);
    assert.deepEqual(problems({}), ['matchdown.targets is a list of targets.']);
  });

  it('a problem has its place in the file', () => {
    const text =
      '{\n  // comment\n  "matchdown.targets": [\n    { "name": "a", "kind": "ssh", "hosts": "b", },\n  ],\n}';
    const { value } = parseSettings(text);
    const { problems: found } = readTargets((value as Record<string, unknown>)['matchdown.targets']);
    assert.deepEqual(
      found.map((problem) => [problem.message, placeOf(text, ['matchdown.targets'], problem)]),
      [
        ['Target "a" needs "host".', '4:5'],
        ['Target "a": "hosts" is no key of such a target.', '4:44'],
      ],
    );
  });

  it('the editor completes what the schema has, in both languages', () => {
    const json = (name: string) => JSON.parse(readFileSync(path.join(projectRoot, name), 'utf8'));
    const setting = json('package.json').contributes.configuration.properties['matchdown.targets'];
    const [english, korean] = [json('package.nls.json'), json('package.nls.ko.json')] as Record<string, string>[];
    const kinds = json('schemas/targets.schema.json').items.oneOf as Variant[];
    kinds.forEach((kind, index) => {
      const offered = setting.items.oneOf[index] as Variant;
      assert.deepEqual(Object.keys(offered.properties), Object.keys(kind.properties));
      for (const [name, property] of Object.entries(kind.properties)) {
        const key = offered.properties[name]!.markdownDescription!.slice(1, -1);
        assert.equal(english![key], property.description);
        assert.ok(korean![key], key);
        const { markdownDescription: _, ...rest } = offered.properties[name]!;
        const { title: _title, description: _text, examples: _examples, ...rule } = property;
        assert.deepEqual(rest, rule);
      }
    });
  });
});

interface Variant {
  readonly properties: Record<
    string,
    { title?: string; description?: string; examples?: unknown; markdownDescription?: string }
  >;
}

describe('targets for the command line', () => {
  const write = (file: string, text: string) => {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
    return file;
  };
  const names = async (start: string, file?: string) => (await findTargets(start, file)).map(({ name }) => name);

  it('of the file that is named, of the nearest settings, of the user', async () => {
    const root = temporaryFolder();
    const deep = path.join(root, 'project', 'models');
    mkdirSync(deep, { recursive: true });
    process.env.XDG_CONFIG_HOME = path.join(root, 'config');
    try {
      assert.deepEqual(await names(deep), ['embedded', 'local']);
      write(path.join(root, 'config/matchdown/targets.json'), JSON.stringify([{ ...box, name: 'mine' }]));
      assert.deepEqual(await names(deep), ['embedded', 'local', 'mine']);
      write(path.join(root, 'project/.vscode/settings.json'), JSON.stringify({ 'matchdown.targets': [box] }));
      write(path.join(deep, '.vscode/settings.json'), '{}');
      assert.deepEqual(await names(deep), ['embedded', 'local', 'box']);
      const file = write(path.join(root, 'list.json'), JSON.stringify([{ ...box, name: 'named' }]));
      assert.deepEqual(await names(deep, file), ['embedded', 'local', 'named']);
    } finally {
      delete process.env.XDG_CONFIG_HOME;
    }
  });

  it('a file that is not there, no JSON, or wrong: its name and place', async () => {
    const root = temporaryFolder();
    await assert.rejects(findTargets(root, path.join(root, 'none.json')), /none\.json: It cannot be read \(ENOENT\)/);
    const torn = write(path.join(root, 'torn.json'), '[\n  {');
    await assert.rejects(findTargets(root, torn), (error) => error instanceof InputError && error.place === '2:4');
    const wrong = write(path.join(root, 'wrong.json'), '[{ "name": "a", "kind": "ssh" }]');
    await assert.rejects(findTargets(root, wrong), (error) => error instanceof InputError && error.place === '1:2');
  });
});
