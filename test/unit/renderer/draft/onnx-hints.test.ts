import { expect, it } from 'vitest';
import { networkHintsSchema } from '../../../../electron/contract/recipe/network-hints.ts';
import { choiceOf, useOnnxHints } from '../../../../renderer/draft/onnx-hints.ts';

it('a choice writes the recipe as the engine takes it, and is found in it again', () => {
  const hints = networkHintsSchema.parse({});
  const { values, channels } = useOnnxHints(() => hints);
  expect([values.value, channels.value]).toEqual(['stated', 'stated']);
  values.value = 'imagenet';
  channels.value = 'BGR';
  expect(hints).toEqual({
    ...networkHintsSchema.parse({}),
    values: { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
    channels: 'BGR',
  });
  expect(choiceOf(hints.values)).toBe('imagenet');
  values.value = 'stated';
  channels.value = 'stated';
  expect(hints).toEqual(networkHintsSchema.parse({}));
});

it('own statistics begin as others that have a name, and are kept', () => {
  const given = { mean: [0.1, 0.2, 0.3], std: [1, 1, 1] };
  const hints = networkHintsSchema.parse({ values: given });
  const { values } = useOnnxHints(() => hints);
  expect(values.value).toBe('own');
  values.value = 'own';
  expect(hints.values).toEqual(given);
  values.value = 'pixels';
  expect([values.value, hints.values]).toEqual(['pixels', 'pixels']);
  values.value = 'own';
  expect(values.value).toBe('own');
  expect(hints.values).toMatchObject({ mean: [0.485, 0.456, 0.406] });
});
