import type { RemoteFile } from './remote-file.ts';

/** The German Traffic Sign Recognition Benchmark where its authors publish it. */
export const gtsrbUrl = 'https://sid.erda.dk/public/archives/daaeac0d7ce1152aea9b61d9f1e19370/';

/** The smallest first, so that whatever is wrong with the connection or the folder shows at once. */
export const gtsrbArchives: readonly RemoteFile[] = [
  {
    name: 'GTSRB_Final_Test_GT.zip',
    bytes: 99_620,
    hash: { algorithm: 'md5', hex: 'fe31e9c9270bbcd7b84b7f21a9d9d9e5' },
  },
  {
    name: 'GTSRB_Final_Test_Images.zip',
    bytes: 88_978_620,
    hash: { algorithm: 'md5', hex: 'c7e4e6327067d32654124b0fe9e82185' },
  },
  {
    name: 'GTSRB_Final_Training_Images.zip',
    bytes: 276_294_756,
    hash: { algorithm: 'md5', hex: 'f33fd80ac59bff73c82d25ab499e03a3' },
  },
];
