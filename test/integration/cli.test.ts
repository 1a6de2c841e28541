import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { MatchReport } from '../../core/match/report';
import type { RunSummary } from '../../core/protocol/runs';
import type { EventsReport } from '../../engine/eventsReport';
import { projectRoot } from '../support/projectRoot';
import { describeWithPython, runPython } from '../support/python';
import { CommandLine, json, matchdown } from './cliFixture';
import { forever, hasTrained, TrainingFolder, waitFor } from './trainingFixture';

const escapeCode = '\u001b';

/** The built program, as a terminal or a continuous integration runs it, from a scheme to a lab note. */
describe('matchdown, on the command line', () => {
  const project = new TrainingFolder({}, "my 'project' $(touch x) 한글");
  const { folder } = project;
  const scheme = 'model_scheme.json';
  let first: RunSummary;
  let second: RunSummary;

  before(async () => {
    const runs: RunSummary[] = [];
    for (const iteration of [2, 3]) {
      const { status, out, err } = await matchdown(folder, 'run', scheme, '--set', `model.iteration=${iteration}`);
      assert.deepEqual([status, err], [0, ''], out);
      const id = out.split('\n')[0]!;
      assert.match(id, /^\d{8}-\d{6}-[0-9a-f]{4}$/);
      assert.match(out, new RegExp(`epoch ${iteration}/${iteration} [^]*${id}: finished`));
      const [run] = await json<[RunSummary]>('runs', folder, 'runs');
      assert.equal(run.record?.id, id);
      runs.push(run);
    }
    [first, second] = runs as [RunSummary, RunSummary];
  });

  it('helps: every command has a usage, and a misspelt one is no stack trace', async () => {
    const help = await matchdown(folder, '--help');
    assert.equal(help.status, 0);
    const names = [...help.out.matchAll(/^ {2}(\w+) /gm)].map((match) => match[1]!);
    assert.deepEqual(names, [
      'check',
      'describe',
      'compile',
      'run',
      'sweep',
      'runs',
      'targets',
      'events',
      'match',
      'report',
      'lsp',
    ]);
    for (const name of names) {
      const { status, out } = await matchdown(folder, name, '--help');
      assert.deepEqual([status, out.split('\n')[0]!.startsWith(`Usage: matchdown ${name} `)], [0, true]);
    }
    assert.equal((await matchdown(folder, 'chekc')).status, 2);
  });

  it('checks and describes', async () => {
    const [checked] = await json<[{ file: string; diagnostics: { code: string }[] }]>('check', folder, 'check', scheme);
    assert.equal(checked.file, scheme);
    const table = await json<{ parameters: number; layers: { name: string }[] }>(
      'describe',
      folder,
      'describe',
      scheme,
    );
    assert.ok(table.parameters > 0 && table.layers.length > 0);
    const wrong = readFileSync(project.schemeFile, 'utf8').replace('"learning_rate"', '"learnign_rate"');
    writeFileSync(path.join(folder, '-wrong.json'), `\ufeff${wrong.replaceAll('\n', '\r\n')}`);
    const { status, out } = await matchdown(folder, 'check', '--', '-wrong.json');
    assert.equal(status, 1);
    assert.match(out, /^-wrong\.json:\d+:\d+: error: .*learning_rate/m);
  });

  it('compiles what it then calls the same', async () => {
    assert.deepEqual(await matchdown(folder, 'compile', scheme, '-o', 'intended.onnx'), {
      status: 0,
      out: '',
      err: '',
    });
    const report = await json<MatchReport>('match', folder, 'match', scheme, 'intended.onnx');
    assert.equal(report.verdict, 'match');
    assert.equal(report.exported.parameters, report.intended.parameters);
  });

  it('matches in every format: 0 for a match, 1 for a mismatch, 2 for what cannot be read', async () => {
    const model = path.join(first.folder, 'model.onnx');
    const other = readFileSync(project.schemeFile, 'utf8').replace(/("channel": )(\d+)/, '$17');
    assert.notEqual(other, readFileSync(project.schemeFile, 'utf8'));
    writeFileSync(path.join(folder, 'other.json'), other);
    writeFileSync(path.join(folder, 'cut.onnx'), readFileSync(model).subarray(0, 999));
    for (const format of ['text', 'json', 'sarif', 'junit', 'markdown', 'html']) {
      const match = await matchdown(folder, 'match', scheme, model, '--format', format);
      assert.deepEqual([match.status, match.err], [0, ''], format);
      const mismatch = await matchdown(folder, 'match', 'other.json', model, '--format', format);
      assert.deepEqual([mismatch.status, mismatch.err], [1, ''], format);
      assert.notEqual(mismatch.out, match.out);
      const cut = await matchdown(folder, 'match', scheme, 'cut.onnx', '--format', format);
      assert.deepEqual([cut.status, cut.out], [2, ''], format);
      assert.match(cut.err, /^cut\.onnx, byte \d+: .*\n$/);
    }
    assert.equal((await json<MatchReport>('match', folder, 'match', 'other.json', model)).verdict, 'mismatch');
  });

  it('lists, shows and compares runs', async () => {
    const list = await json<RunSummary[]>('runs', folder, 'runs');
    assert.deepEqual(
      list.map(({ record }) => record?.id),
      [second.record?.id, first.record?.id],
    );
    const shown = await matchdown(folder, 'runs', 'show', path.join(first.folder, 'model.onnx'));
    assert.match(shown.out, new RegExp(`^id +${first.record?.id}$`, 'm'));
    const names = [first.record!.id, second.record!.id];
    const { runs } = await json<{ runs: { changes: { subject: string }[] }[] }>(
      'comparison',
      folder,
      'runs',
      'compare',
      ...names,
    );
    assert.deepEqual(
      runs[0]?.changes.map(({ subject }) => subject),
      ['model.iteration'],
    );
    assert.match((await matchdown(folder, 'runs', '--format', 'csv')).out, /^Run,State,.*\r\n/);
  });

  it('tells apart a folder without runs, no folder, and what is no run', async () => {
    mkdirSync(path.join(folder, 'empty'), { recursive: true });
    assert.equal((await matchdown(folder, 'runs', '--runs', 'empty')).status, 0);
    assert.match((await matchdown(folder, 'runs', '--runs', 'nowhere')).err, /nowhere: There is no such folder\./);
    assert.match((await matchdown(folder, 'runs', '--runs', scheme)).err, /This is no folder\./);
    assert.match((await matchdown(folder, 'runs', 'stop', 'empty')).err, /There is no such record\./);
    for (const argv of [
      ['--runs', 'nowhere'],
      ['--runs', scheme],
      ['show', 'empty'],
      ['stop', 'empty'],
    ])
      assert.equal((await matchdown(folder, 'runs', ...argv)).status, 2, argv.join(' '));
  });

  it('prints logs as JSON and as CSV', async () => {
    const report = await json<EventsReport>('events', folder, 'events', 'runs');
    assert.equal(report.runs.length, 2);
    const { out } = await matchdown(folder, 'events', 'runs', '--tag', 'loss/*', '--format', 'csv');
    const [head, ...lines] = out.trim().split('\n');
    assert.equal(head?.trim(), 'run,tag,step,wall_time,value');
    assert.equal(lines.length, 2 * (2 + 3));
  });

  it('writes notes, and keeps what a person wrote', async () => {
    for (const name of ['note.md', 'note.html', 'note.ipynb']) {
      const { status, out } = await matchdown(folder, 'report', first.record!.id, second.record!.id, '-o', name);
      assert.deepEqual([status, out], [0, `${path.join(folder, name)}\n`]);
      assert.match(readFileSync(path.join(folder, name), 'utf8'), new RegExp(first.record!.id));
    }
    JSON.parse(readFileSync(path.join(folder, 'note.ipynb'), 'utf8'));
    const note = path.join(folder, 'note.md');
    writeFileSync(note, `${readFileSync(note, 'utf8')}\nI think so.\n`);
    await matchdown(folder, 'report', first.record!.id, '-o', 'note.md');
    assert.match(readFileSync(note, 'utf8'), /\nI think so\.\n/);
    const missing = await matchdown(folder, 'report', first.record!.id, '-o', 'no/where/note.md');
    assert.equal(missing.status, 2);
    assert.match(missing.err, /Make the folder .*where first\./);
    assert.equal(existsSync(path.join(folder, 'no')), false);
  });

  it('writes a note about a run whose kept match is damaged', async () => {
    for (const [i, damage] of ['', '{"verdict":"match"', '{}', '{"verdict":"match","layers":3}'].entries()) {
      const run = path.join(folder, 'damaged', `run-${i}`);
      cpSync(first.folder, run, { recursive: true });
      writeFileSync(path.join(run, 'match.json'), damage);
      assert.equal((await matchdown(folder, 'report', run, '-o', 'damaged.md')).status, 0, damage);
      assert.match(readFileSync(path.join(run, 'match.json'), 'utf8'), /"verdict": "match"/);
    }
  });

  it('writes through a link, and never in its place', async function () {
    if (process.platform === 'win32') this.skip();
    writeFileSync(path.join(folder, 'target.onnx'), '');
    rmSync(path.join(folder, 'link.onnx'), { force: true });
    symlinkSync('target.onnx', path.join(folder, 'link.onnx'));
    assert.equal((await matchdown(folder, 'compile', scheme, '-o', 'link.onnx')).status, 0);
    assert.deepEqual(readFileSync(path.join(folder, 'target.onnx')), readFileSync(path.join(folder, 'intended.onnx')));
    assert.match((await matchdown(folder, 'compile', scheme, '-o', '.')).err, /This is a folder\./);
  });

  it('refuses a scheme line by line, and an override by its key', async () => {
    const wrong = await matchdown(folder, 'run', './-wrong.json');
    assert.equal(wrong.status, 1);
    assert.match(wrong.err, /^\.\/-wrong\.json:\d+:\d+: error: /);
    const override = await matchdown(folder, 'run', scheme, '--set', 'model.optimizer=foo');
    assert.equal(override.status, 1);
    assert.match(override.err, /^error: "optimizer" must be/);
    const resumed = await matchdown(folder, 'runs', 'resume', 'any', '--set', 'model.optimizer=sgd');
    assert.match(resumed.err, /^A resumed run keeps its settings\. "matchdown runs clone ID --set" starts a new one/);
    const nowhere = await matchdown(folder, 'run', scheme, '--set', 'model.learnig_rate=1');
    assert.deepEqual(
      [nowhere.status, nowhere.err],
      [2, `${scheme} cannot be trained: "model" has no key "learnig_rate". Did you mean "learning_rate"?\n`],
    );
    assert.match((await matchdown(folder, 'run', 'missing.json')).err, /^missing\.json: There is no such file\./);
    assert.equal((await json<RunSummary[]>('runs', folder, 'runs')).length, 2);
  });

  it('stops a run at Ctrl+C, with a checkpoint', async function () {
    if (process.platform === 'win32') this.skip();
    const long = new TrainingFolder(forever);
    const following = new CommandLine(long.folder, ['run', scheme]);
    const id = await following.firstLine();
    const run = path.join(long.runsFolder, id);
    await waitFor(run, hasTrained);
    following.child.kill('SIGINT');
    const { status, err } = await following.ended;
    assert.deepEqual([status, err], [1, 'Stopping the run; press again to leave it alone.\n']);
    const [stopped] = await json<[RunSummary]>('runs', long.folder, 'runs');
    assert.equal(stopped.record?.state, 'stopped');
    assert.ok(existsSync(path.join(run, 'checkpoints', 'last.safetensors')));
  });

  it('starts a run that goes on by itself, and stops it', async () => {
    const long = new TrainingFolder(forever);
    const { out } = await matchdown(long.folder, 'run', scheme, '--detach', '--format', 'json');
    const { id, folder: run } = JSON.parse(out) as { id: string; folder: string };
    await waitFor(run, hasTrained);
    const stops = await Promise.all([1, 2].map(() => matchdown(long.folder, 'runs', 'stop', id)));
    for (const stop of stops) assert.deepEqual(stop, { status: 0, out: `${id}: stopped\n`, err: '' });
  });

  it('ends quietly when nobody reads on', async function () {
    if (process.platform === 'win32') this.skip();
    const large = path.join(folder, 'large.scheme.json');
    const layers = Array.from({ length: 3000 }, (_, i) => ({ name: `l${i}`, type: 'dense_set', unit: 3 }));
    const data = { input_size: [3], label_dim: 3 };
    writeFileSync(large, JSON.stringify({ data, model: { network: layers } }));
    const reader = new CommandLine(folder, ['describe', large]);
    reader.child.stdout?.once('data', () => reader.child.stdout?.destroy());
    const { status, err } = await reader.ended;
    assert.deepEqual([status, err], [0, '']);
  });

  it('serves a language client', async () => {
    const server = new CommandLine(folder, ['lsp', '--stdio']);
    const params = { processId: process.pid, rootUri: null, capabilities: {} };
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params });
    server.child.stdin?.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
    await server.says('"capabilities"');
    server.child.kill();
    await server.ended;
    assert.equal(server.err, '');
    assert.match(server.out, /^Content-Length: \d+\r\n/);
    assert.equal((await matchdown(folder, 'lsp')).status, 2);
  });

  it('leaves nothing of a name to a shell', () => {
    assert.equal(existsSync(path.join(folder, 'x')), false);
  });

  describeWithPython('on a terminal', (python) => {
    const onTerminal = (environment: Record<string, string>, ...argv: string[]) => {
      const command = [process.execPath, path.join(projectRoot, 'dist/cli.js'), ...argv];
      const program = [
        'import os, pty, sys',
        'os.chdir(sys.argv[1])',
        `os.environ.update(LC_ALL="C", **${JSON.stringify(environment)})`,
        'sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[2:])))',
      ];
      return runPython(python, program.join('\n'), [folder, ...command]);
    };

    it('has colours, unless NO_COLOR says otherwise', () => {
      assert.match(onTerminal({}, 'check', scheme), new RegExp(`${escapeCode}\\[32mvalid`));
      assert.doesNotMatch(onTerminal({ NO_COLOR: '1' }, 'check', scheme), new RegExp(`${escapeCode}\\[\\d+m`));
    });

    it('shows no control sequence out of a file', () => {
      const named = readFileSync(project.schemeFile, 'utf8').replace(
        '"type"',
        '"name": "a\\u001b]0;title\\u0007b", "type"',
      );
      writeFileSync(path.join(folder, 'title.json'), named);
      const out = onTerminal({}, 'describe', 'title.json');
      assert.match(out, /a\ufffd\]0;title\ufffdb/);
      assert.doesNotMatch(out, new RegExp(`${escapeCode}\\]`));
    });
  });
});
