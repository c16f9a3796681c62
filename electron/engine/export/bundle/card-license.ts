import type { NetworkOptions } from '../../../contract/exports.ts';

/** Hugging Face's identifiers of licences: https://huggingface.co/docs/hub/repositories-licenses. Most are SPDX's in lower case. */
const identifiers = new Set(
  `
    apache-2.0 mit isc zlib unlicense wtfpl ncsa postgresql ms-pl unknown afl-3.0 artistic-2.0 bsl-1.0
    ecl-2.0 epl-1.0 epl-2.0 osl-3.0 ofl-1.1 lppl-1.3c bsd bsd-2-clause bsd-3-clause bsd-3-clause-clear
    mpl-2.0 etalab-2.0 c-uda eupl-1.1 agpl-3.0 gfdl gpl gpl-2.0 gpl-3.0 lgpl lgpl-2.1 lgpl-3.0 cc
    cc0-1.0 cc-by-2.0 cc-by-2.5 cc-by-3.0 cc-by-4.0 cc-by-sa-3.0 cc-by-sa-4.0 cc-by-nc-2.0 cc-by-nc-3.0
    cc-by-nc-4.0 cc-by-nd-4.0 cc-by-nc-nd-3.0 cc-by-nc-nd-4.0 cc-by-nc-sa-2.0 cc-by-nc-sa-3.0
    cc-by-nc-sa-4.0 odbl odc-by pddl cdla-sharing-1.0 cdla-permissive-1.0 cdla-permissive-2.0 openrail
    openrail++ bigscience-openrail-m creativeml-openrail-m bigscience-bloom-rail-1.0 bigcode-openrail-m
  `
    .trim()
    .split(/\s+/),
);

/** The lines of a model card's YAML that state the licence: Hugging Face wants "other" and a name for those that it has no identifier for. */
export function cardLicense(license: NetworkOptions['license']): string {
  if (license === null) return 'license: unknown';
  const identifier = license.toLowerCase();
  return identifiers.has(identifier)
    ? `license: ${identifier}`
    : // A JSON string is one of YAML, too.
      `license: other\nlicense_name: ${JSON.stringify(license)}`;
}
