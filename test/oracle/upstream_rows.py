"""Rows of this project as instances of upstream's models."""
import json
import sys
import traceback

# What upstream has as a date, and nothing here depends on.
TIMES = {"created_at", "updated_at", "cert_expiration"}


def row(model, values, **changes):
    """An instance of a model, with the values whose names are its columns."""
    columns = {column.key for column in model.__mapper__.column_attrs} - TIMES
    return model(**{**{key: value for key, value in values.items() if key in columns}, **changes})


def answer_lines(answer):
    """Answers each line of input with one: what `answer` returns, or error with the traceback."""
    for line in sys.stdin:
        try:
            answered = answer(json.loads(line))
        except Exception:
            answered = {"error": traceback.format_exc()}
        print(json.dumps(answered), flush=True)
