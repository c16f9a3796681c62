import { existsSync } from 'node:fs';
import path from 'node:path';
import { electronBinary } from '../../scripts/electron-binary.ts';

const main = path.resolve('dist/electron/main/index.js');
const page = path.resolve('dist/renderer/index.html');

export interface Program {
  executablePath: string;
  args: string[];
}

/** The desktop app: a packed one by DISTILL_APP, else what is built, on Electron's binary; in words why there is none. */
export function desktopProgram(): Program | string {
  if (process.platform === 'linux' && !process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY'])
    return 'there is no display';
  const packed = process.env['DISTILL_APP'];
  if (packed !== undefined && packed !== '') return { executablePath: packed, args: [] };
  const binary = electronBinary();
  if (binary === null) return "Electron's binary is not here: npx install-electron fetches it";
  if (!existsSync(main) || !existsSync(page)) return 'npm run build first';
  return { executablePath: binary, args: [main] };
}
