/** Renders resources/icons/icon.svg as the systems want it: icon.png, icon.ico (Windows), icon.icns (macOS), linux/NxN.png. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import { icns, ico, type Rendered } from './icons/containers.ts';

const folder = path.join(import.meta.dirname, '../resources/icons');
const svg = await readFile(path.join(folder, 'icon.svg'));

async function render(side: number): Promise<Rendered> {
  // The drawing is 1024 units wide at 72 dpi; sharp draws it at the size that is wanted, then nothing is scaled.
  const png = await sharp(svg, { density: (72 * side) / 1024 })
    .resize(side, side)
    // Windows takes no palettes inside an ICO.
    .png({ compressionLevel: 9, palette: false })
    .toBuffer();
  return { side, png };
}

const sizes = await Promise.all([16, 24, 32, 48, 64, 128, 256, 512, 1024].map(render));
const of = (...wanted: number[]): Rendered[] => sizes.filter(({ side }) => wanted.includes(side));

await mkdir(path.join(folder, 'linux'), { recursive: true });
for (const { side, png } of of(16, 32, 48, 64, 128, 256, 512))
  await writeFile(path.join(folder, 'linux', `${side}x${side}.png`), png);
await writeFile(path.join(folder, 'icon.png'), of(512)[0]!.png);
await writeFile(path.join(folder, 'icon.ico'), ico(of(16, 24, 32, 48, 64, 128, 256)));
await writeFile(path.join(folder, 'icon.icns'), icns(of(16, 32, 64, 128, 256, 512, 1024)));
