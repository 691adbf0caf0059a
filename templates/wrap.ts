/** Columns that every mail program and terminal shows without breaking a line itself (RFC 5322, section 2.1.1). */
const columns = 76;

/**
 * Breaks lines of plain text between words, so that none is longer than 76 characters but for a single word, such as an
 * address, that is longer by itself. What follows a `- ` is indented by as much. Lines that are short enough stay as
 * they are.
 */
export function wrapLines(text: string): string {
  return text.split('\n').map(wrapLine).join('\n');
}

function wrapLine(line: string): string {
  if (line.length <= columns) return line;
  const indent = line.startsWith('- ') ? '  ' : '';
  const lines: string[] = [];
  let current = '';
  for (const word of line.split(' ')) {
    if (current.trim() !== '' && current.length + 1 + word.length > columns) {
      lines.push(current);
      current = indent + word;
    } else {
      current += current === '' || current === indent ? word : ` ${word}`;
    }
  }
  return [...lines, current].join('\n');
}
