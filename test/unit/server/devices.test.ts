import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { deviceFrom, deviceMemory } from '../../../server/devices';
import { projectRoot } from '../../support/projectRoot';

describe('the device that models are trained on', () => {
  it('is one of a list, however it is spelt', () => {
    const expected = { name: 'H100', memoryBytes: 80 * 2 ** 30 };
    for (const name of ['H100', 'h100', 'NVIDIA H100']) assert.deepEqual(deviceFrom(name), expected);
    assert.equal(deviceFrom('GeForce RTX-4090')?.name, 'RTX 4090');
  });

  it('or any, with its memory', () => {
    assert.deepEqual(deviceFrom({ name: 'ours', memoryGiB: 0.5 }), { name: 'ours', memoryBytes: 2 ** 29 });
  });

  it('is unknown for a name that is nearly one, and for memory that is none', () => {
    for (const setting of ['', 'H1000', 'RTX', null, 80, {}, { name: 'ours' }, { name: 'ours', memoryGiB: -1 }])
      assert.equal(deviceFrom(setting), undefined);
  });

  it('is offered in the settings as the list has it', () => {
    const { contributes } = JSON.parse(readFileSync(path.join(projectRoot, 'package.json'), 'utf8'));
    const [names] = contributes.configuration.properties['matchdown.device'].anyOf;
    assert.deepEqual(names.enum, ['', ...deviceMemory.keys()]);
  });
});
