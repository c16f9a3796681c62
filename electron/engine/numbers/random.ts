import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** A stream of random numbers. Equal keys give equal streams on every machine, in every thread. */
export interface Random {
  /** Uniform in [0, 1). */
  float(): number;
  /** Uniform in [low, high). */
  uniform(low: number, high: number): number;
  /** Uniform integer in [0, bound). */
  integer(bound: number): number;
  /** Standard normal (Box-Muller). */
  normal(): number;
  /** A new array in random order (Fisher-Yates). */
  shuffled<T>(items: readonly T[]): T[];
}

/** 32-bit mixing function of MurmurHash3 (Appleby), so that neighbouring keys give unrelated streams. */
function mix(hash: number, key: number): number {
  let k = Math.imul(key, 0xcc9e2d51);
  k = (k << 15) | (k >>> 17);
  let h = hash ^ Math.imul(k, 0x1b873593);
  h = (h << 13) | (h >>> 19);
  return (Math.imul(h, 5) + 0xe6546b64) | 0;
}

function finalise(hash: number): number {
  let h = hash;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) | 0;
}

function hashKeys(seed: number, keys: readonly (number | string)[]): number {
  let hash = finalise(seed | 0);
  for (const key of keys) {
    if (typeof key === 'number') hash = mix(hash, key | 0);
    else for (let i = 0; i < key.length; i++) hash = mix(hash, key.charCodeAt(i));
    hash = finalise(hash);
  }
  return hash;
}

/** The stream of `seed` for one purpose: `random(seed, 'augment', epoch, image)`. Order of use elsewhere never matters. */
export function random(seed: number, ...keys: (number | string)[]): Random {
  const generator = xoroshiro128plus(hashKeys(seed, keys));
  const float = () => uniformFloat64(generator);
  return {
    float,
    uniform: (low, high) => low + (high - low) * float(),
    integer: (bound) => uniformInt(generator, 0, bound - 1),
    normal: () => Math.sqrt(-2 * Math.log(1 - float())) * Math.cos(2 * Math.PI * float()),
    shuffled: (items) => {
      const result = [...items];
      for (let i = result.length - 1; i > 0; i--) {
        const j = uniformInt(generator, 0, i);
        [result[i], result[j]] = [result[j]!, result[i]!];
      }
      return result;
    },
  };
}
