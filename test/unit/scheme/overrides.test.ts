import { strict as assert } from 'node:assert';
import { applyOverrides, overrideProblem, parseOverride } from '../../../core/scheme/overrides';
import { analyze } from '../../../core/shape/analyze';

const text = `{
  // the data
  "data": { "image_size": [8, 8, 1], "label_dim": 2 },
  "model": {
    "learning_rate": 0.1,
    "network": [
      { "type": "conv2d_set", "kernel": [3, 3], "channel": 4 },
    ]
  }
}`;

describe('Overrides', () => {
  it('replace values and leave the rest as it is', () => {
    assert.equal(applyOverrides(text, { 'model.learning_rate': 0.01 }), text.replace('0.1', '0.01'));
    assert.equal(applyOverrides(text, { 'model.network.0.channel': 8 }), text.replace('"channel": 4', '"channel": 8'));
    assert.equal(applyOverrides(text, {}), text);
  });

  it('add what is not there', () => {
    const { scheme } = analyze(
      applyOverrides(text, { 'model.seed': 3, 'data.augmentation.shift': 0.1, 'experiment.tags': ['a'] }),
    );
    assert.equal(scheme?.model.seed, 3);
    assert.equal(scheme?.data.augmentation.shift, 0.1);
    assert.deepEqual(scheme?.experiment.tags, ['a']);
  });

  it('can be about a layer by its name', () => {
    const named = text.replace('"kernel"', '"name": "first.conv", "kernel"');
    assert.equal(
      applyOverrides(named, { 'model.network.first.conv.channel': 8 }),
      named.replace('"channel": 4', '"channel": 8'),
    );
  });

  it('leave what cannot be to the diagnostics', () => {
    const messages = (key: string, value: unknown) =>
      analyze(applyOverrides(text, { [key]: value }))
        .diagnostics.filter(({ severity }) => severity === 'error')
        .map(({ message }) => message);
    assert.match(messages('model.learnin_rate', 3)[0]!, /"model" has no key "learnin_rate"/);
    assert.match(messages('data.batch_size', 'many')[0]!, /"batch_size" must be a whole number/);
    for (const key of [
      'model.network.7.channel',
      'model.network.x',
      'model.learning_rate.x',
      'a..b',
      '.',
      '__proto__.x',
    ]) {
      assert.match(messages(key, 1)[0]!, /A scheme has no key/, key);
    }
  });

  it('that lead nowhere are told with what was probably meant', () => {
    const named = text.replace('"kernel"', '"name": "first_conv", "kernel"');
    for (const [key, sentence] of [
      ['model.network.frist_conv.channel', 'No layer is called "frist_conv". Did you mean "first_conv"?'],
      ['model.network.dense.unit', 'No layer is called "dense". There are "first_conv".'],
      ['model.network.7.channel', 'There is no layer 7: the network has 1 layer, counted from 0.'],
      ['model.network.0.chanel', '"conv2d_set" has no key "chanel". Did you mean "channel"?'],
      // What is there already is replaced, so it may be what is meant.
      ['model.learning_rat', '"model" has no key "learning_rat". Did you mean "learning_rate"?'],
      ['model.lr', '"model" has no key "lr". Did you mean "learning_rate"?'],
      ['modle.learning_rate', 'A scheme has no key "modle". Did you mean "model"?'],
      ['learning_rate', 'A scheme has no key "learning_rate". It belongs in "model".'],
      ['data.augmentation.shfit', '"augmentation" has no key "shfit". Did you mean "shift"?'],
      ['model.learning_rate.x', '"learning_rate" is 0.1 and has no keys. Set it as a whole.'],
      ['model.network.first_conv.kernel.0', '"kernel" is [3, 3] and has no keys. Set it as a whole.'],
      ['a..b', '"a..b" is no key. Write one like "model.learning_rate".'],
    ] as const)
      assert.equal(overrideProblem(named, { [key]: 1 }), sentence);
    assert.match(overrideProblem(text, { '__proto__.x': 1 }) ?? '', /A scheme has no key "__proto__"\./);
    assert.match(
      overrideProblem(text, { 'model.zzz': 1 }) ?? '',
      /"model" has no key "zzz"\. Its keys are "learning_rate", /,
    );
  });

  it('that lead to a key of the language are no problem, whatever their values', () => {
    const optimizer = text.replace('0.1,', '0.1, "optimizer": { "type": "adam" },');
    for (const [scheme, overrides] of [
      [text, { 'model.learning_rate': 'many', 'data.augmentation.shift': 1, 'model.network.0.name': 'a' }],
      // The key is one of the type that comes after it.
      [optimizer, { 'model.optimizer.momentum': 0.9, 'model.optimizer.type': 'momentum' }],
      [text, { 'model.network.0.unit': 3, 'model.network.0.type': 'dense_set' }],
      [text, { 'model.network.0.type': 'none such', 'model.network.0.unit': 3 }],
      ['[', { x: 1 }],
    ] as const)
      assert.equal(overrideProblem(scheme, overrides), undefined, JSON.stringify(overrides));
    assert.match(
      overrideProblem(optimizer, { 'model.optimizer.momentum': 0.9 }) ?? '',
      /"optimizer" has no key "momentum"/,
    );
  });

  it('leave a text alone that is no object', () => {
    for (const broken of ['', '[', '3', '[]']) assert.equal(applyOverrides(broken, { 'model.seed': 1 }), broken);
  });

  it('are read from key=value: JSON where it is JSON, else text', () => {
    assert.deepEqual(parseOverride('model.learning_rate=0.01'), { key: 'model.learning_rate', value: 0.01 });
    assert.deepEqual(parseOverride('data.image_size=[8,8,1]'), { key: 'data.image_size', value: [8, 8, 1] });
    assert.deepEqual(parseOverride('model.optimizer=sgd'), { key: 'model.optimizer', value: 'sgd' });
    assert.deepEqual(parseOverride('data.data_path=a=b'), { key: 'data.data_path', value: 'a=b' });
    assert.equal(parseOverride('model.learning_rate'), undefined);
    assert.equal(parseOverride('=3'), undefined);
  });
});
