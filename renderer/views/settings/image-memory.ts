/** Recipes' runtime and `distill-studio run --memory` count in MiB; screens count as disk makers do. */
const bytesPerMebibyte = 2 ** 20;

/** To ten megabytes: a value that was entered comes back as it was. */
export const gigabytesOf = (mebibytes: number): number =>
  Math.round((mebibytes * bytesPerMebibyte) / 1e7) / 100;

export const mebibytesOf = (gigabytes: number): number => Math.round((gigabytes * 1e9) / bytesPerMebibyte);
