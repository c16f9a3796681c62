// Bundled before it is loaded: the language service imports JSON in a way that Node refuses.
import { validate } from '@actions/languageservice';
import { TextDocument } from 'vscode-languageserver-textdocument';

/** What GitHub's own language service finds in a workflow, a line each. It keeps what it has read by name. */
export async function findings(name, content) {
  const document = TextDocument.create(`file:///.github/workflows/${name}`, 'yaml', 1, content);
  const found = await validate(document);
  return found.map(({ range, message }) => `${range.start.line + 1}: ${message}`);
}
