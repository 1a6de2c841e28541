import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../support/projectRoot';
import { Workbench } from '../support/workbench';

/** From an open folder to a lab note, each step as a newcomer would do it and with what it shows. */
describe('The way of a newcomer', function () {
  this.bail(true);
  let workbench: Workbench;
  let original: string;

  before(async () => {
    workbench = await Workbench.open({ extension: projectRoot });
    await workbench.widenSideBar(400);
    original = readFileSync(scheme(), 'utf8');
  });
  after(() => workbench?.close());
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await workbench.screenshot(`failed-${this.currentTest.title}`);
  });

  it('opens the sample: tidy hints, no problems', async () => {
    await workbench.openFile('shapes/model_scheme_sample.json');
    await workbench.editor.locator('.squiggly-hint').first().waitFor();
    assert.equal(await workbench.editor.locator('.squiggly-error').count(), 0);
    await workbench.screenshot('sample');
  });

  it('shows the output shape of each layer', async () => {
    await workbench.openFile('shapes/model_scheme.json');
    await workbench.editor.getByText('→ 15×15×64').waitFor();
    await workbench.screenshot('shapes');
  });

  it('underlines a misspelt value and mends it', async () => {
    const activation = await positionOf('"leaky_relu"');
    await workbench.goTo(activation.line, activation.column + '"leaky_relu'.length);
    await workbench.page.keyboard.press('Backspace');
    await workbench.editor.locator('.squiggly-error').first().waitFor();
    await workbench.page.keyboard.press('ControlOrMeta+.');
    const fix = workbench.page.locator('.action-widget .monaco-list-row', { hasText: 'leaky_relu' }).first();
    await fix.waitFor();
    await workbench.screenshot('check');
    await fix.click();
    await workbench.editor.locator('.squiggly-error').first().waitFor({ state: 'detached' });
    await workbench.page.keyboard.press('ControlOrMeta+S');
  });

  it('trains the scheme and shows it live in the Runs view', async () => {
    await workbench.command('Match Down: Run Scheme');
    await workbench.toasts.filter({ hasText: 'is training' }).waitFor();
    await workbench.command('Match Down: Focus on Runs View');
    // A quick machine may have finished it before it was looked at.
    await workbench.sideBarRows.filter({ hasText: /epoch \d+\/\d+ · loss|finished · accuracy/ }).waitFor();
    await workbench.screenshot('running');
  });

  it('draws the curves while they grow', async () => {
    await workbench.command('Match Down: Open Experiments');
    const row = workbench.panel.getByRole('row').filter({ hasText: /Running|Finished/ });
    const seen = await row.innerText();
    await workbench.panel.getByText('Loss', { exact: true }).waitFor();
    if (seen.includes('Running'))
      await eventually('another figure in the row', async () => (await row.innerText()) !== seen);
    await row.filter({ hasText: /Running [3-9]\d %|Finished/ }).waitFor({ timeout: 290_000 });
    await workbench.screenshot('experiments');
  });

  it('finishes the run', async () => {
    await workbench.sideBarRows.filter({ hasText: 'finished · accuracy' }).waitFor({ timeout: 290_000 });
    await workbench.panel.getByRole('row').filter({ hasText: 'Finished' }).waitFor();
    await workbench.screenshot('finished');
    const [run] = readdirSync(path.join(workbench.workspace, 'shapes/runs')).filter((name) => /^\d{8}-/.test(name));
    for (const file of ['run.json', 'scheme.json', 'model.onnx', 'evaluation.npz', 'output.log'])
      assert.ok(existsSync(path.join(workbench.workspace, 'shapes/runs', run!, file)), file);
  });

  it('proves that the exported model is the intended network', async () => {
    await workbench.command('Notifications: Clear All Notifications');
    await workbench.openFile('shapes/model_scheme.json');
    await workbench.command('Match Down: Compare Scheme with Exported Model');
    await workbench.panel.getByText('The exported graph is the intended network.').waitFor();
    await workbench.screenshot('match');
  });

  it('shows what is in the exported model, and which run it comes from', async () => {
    await workbench.openFile('model.onnx');
    await workbench.panel.getByText('This model comes from run').waitFor();
    await workbench.panel.getByRole('row').filter({ hasText: 'Conv' }).first().click();
    await workbench.panel.getByText('Standard deviation').first().waitFor();
    await workbench.screenshot('model');
  });

  it('shows a deviation on its layer and among the problems', async () => {
    await writeFirst('[3,3]', '[5,5]');
    await workbench.command('Match Down: Compare Scheme with Exported Model');
    await workbench.panel.getByText('1 layer is not the intended one.').waitFor();
    await workbench.page.locator('.editor-actions').getByRole('button', { name: 'Next Difference' }).click();
    await workbench.panel.locator('.line.active', { hasText: 'conv_layer_set_1' }).waitFor();
    await workbench.screenshot('difference');
    await workbench.openFile('shapes/model_scheme.json');
    await workbench.command('Problems: Focus on Problems View');
    await workbench.problems.filter({ hasText: 'conv_layer_set_1' }).first().waitFor();
    await workbench.screenshot('mismatch');
    await writeFirst('[3,3]', '[3,3]');
    await workbench.problems.filter({ hasText: 'intended' }).first().waitFor({ state: 'detached' });
  });

  it('writes the lab note, and asks for the purpose that the scheme does not say', async () => {
    await workbench.command('View: Hide Panel');
    await workbench.command('Match Down: Write Lab Note', { opensPicker: true });
    await workbench.quickInput.locator('input[placeholder^="Do wider layers"]').fill('Are three shapes told apart?');
    await workbench.page.keyboard.press('Enter');
    await workbench.page.locator('.tab', { hasText: '.labnote.md' }).first().waitFor();
    await workbench.panel.getByText('Are three shapes told apart?').waitFor();
    const curves = workbench.panel.locator('img').first();
    await curves.waitFor();
    await curves.evaluate((image) => image.scrollIntoView({ block: 'center' }));
    await workbench.screenshot('note');
    await workbench.command('Problems: Focus on Problems View');
    await workbench.problems.filter({ hasText: 'scheme/syntax' }).waitFor({ state: 'detached' });
  });

  /** Types the line of the scheme that has the text first anew, with the other in its place, and saves: also a second time. */
  async function writeFirst(text: string, other: string): Promise<void> {
    const lines = original.split('\n');
    const at = lines.findIndex((line) => line.includes(text));
    const line = lines[at]!.replace(text, other);
    await workbench.openFile('shapes/model_scheme.json');
    await workbench.goTo(at + 1, line.length - line.trimStart().length + 1);
    await workbench.page.keyboard.press('Shift+End');
    await workbench.page.keyboard.press('Delete');
    await workbench.page.keyboard.insertText(line.trimStart());
    await workbench.page.keyboard.press('ControlOrMeta+S');
    const changed = lines.with(at, line).join('\n');
    await eventually('the saved scheme', async () => readFileSync(scheme(), 'utf8') === changed);
  }

  const scheme = () => path.join(workbench.workspace, 'shapes/model_scheme.json');

  async function positionOf(text: string): Promise<{ line: number; column: number }> {
    const content = readFileSync(scheme(), 'utf8');
    const before = content.slice(0, content.indexOf(text)).split('\n');
    return { line: before.length, column: before.at(-1)!.length + 1 };
  }
});

async function eventually(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 90_000; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 200)))
    if (await holds()) return;
  assert.fail(`${what} within 90 s`);
}
