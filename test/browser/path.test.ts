import { projectRoot } from '../support/projectRoot';
import { Workbench } from '../support/workbench';

describe('The way of a newcomer', function () {
  this.timeout(120_000);
  let workbench: Workbench;

  before(async () => {
    workbench = await Workbench.open({ extension: projectRoot });
  });
  after(() => workbench?.close());

  it('opens the sample scheme', async () => {
    await workbench.openFile('shapes/model_scheme.json');
    await workbench.editor.locator('.view-line', { hasText: 'conv2d_set' }).first().waitFor();
    await workbench.screenshot('1-open');
  });
});
