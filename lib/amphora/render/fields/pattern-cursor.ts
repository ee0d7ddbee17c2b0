/** A regular expression breaks a rule; the message says which, and never quotes the pattern. */
export class PatternSyntaxError extends Error {
  override readonly name = 'PatternSyntaxError';
}

/** A place in a pattern. */
export interface Cursor {
  readonly atEnd: () => boolean;
  /** The next character without taking it; empty at the end. */
  readonly peek: () => string;
  readonly startsWith: (expected: string) => boolean;
  /** Takes the expected text if it is next. */
  readonly take: (expected: string) => boolean;
  /** Takes one character. @throws PatternSyntaxError at the end */
  readonly next: () => string;
  /** Takes what a sticky expression matches here, or nothing. */
  readonly match: (sticky: RegExp) => RegExpExecArray | null;
  readonly back: (count: number) => void;
  readonly toEnd: () => void;
}

export const openCursor = (pattern: string): Cursor => {
  let at = 0;
  const peek = (): string => pattern.charAt(at);
  const startsWith = (expected: string): boolean => pattern.startsWith(expected, at);
  return {
    atEnd: () => at >= pattern.length,
    peek,
    startsWith,
    take: (expected) => {
      if (!startsWith(expected)) return false;
      at += expected.length;
      return true;
    },
    next: () => {
      const character = peek();
      if (character === '') throw new PatternSyntaxError('unexpected end');
      at += 1;
      return character;
    },
    match: (sticky) => {
      sticky.lastIndex = at;
      const found = sticky.exec(pattern);
      if (found !== null) at += found[0].length;
      return found;
    },
    back: (count) => {
      at -= count;
    },
    toEnd: () => {
      at = pattern.length;
    },
  };
};
