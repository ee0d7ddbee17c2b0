"""Reading systemd unit files, as far as an amphora's units go."""


def parse(text):
    """-> {(section, key): [values]}; an empty value clears the key, as systemd has it"""
    settings, section = {}, ''
    for line in map(str.strip, text.replace('\\\n', ' ').split('\n')):
        if not line or line[0] in '#;':
            continue
        if line[0] == '[':
            section = line.strip('[]')
            continue
        key, _, value = line.partition('=')
        if value.strip():
            settings.setdefault((section, key.strip()), []).append(value.strip())
        else:
            settings.pop((section, key.strip()), None)
    return settings


def split_words(line):
    """systemd's splitting: quotes group, a backslash escapes, inside quotes too."""
    words, word, quote, characters = [], None, None, iter(line)
    for c in characters:
        if c == '\\':
            following = next(characters, '\\')
            word = (word or '') + {'n': '\n', 't': '\t', 's': ' '}.get(following, following)
        elif quote:
            if c == quote:
                quote = None
            else:
                word += c
        elif c in '\'"':
            quote, word = c, word or ''
        elif c.isspace():
            if word is not None:
                words.append(word)
            word = None
        else:
            word = (word or '') + c
    return words if word is None else words + [word]


def expand(words, env):
    """Environment variables: a lone $NAME becomes several words, ${NAME} stays inside its word."""
    expanded = []
    for word in words:
        if word.startswith('$') and word[1:].isidentifier():
            expanded += env.get(word[1:], '').split()
            continue
        for name, value in env.items():
            word = word.replace('${%s}' % name, value)
        expanded.append(word.replace('$$', '$'))
    return expanded
