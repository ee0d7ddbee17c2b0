/*
 * The lock of one load balancer: changes that take it or join, the flow that applies them, its rollback, late and
 * duplicate handlers, the sweep that carries lost operations on, and what the amphora has in the end.
 * README.md maps its parts to files of the code, and lists what is left out.
 *
 * Every d_step is one request to the table (or to Step Functions, or to the amphora). A process may stop between two of
 * them for any time.
 */

/* How much happens in one run. */
#ifndef CHANGES
#define CHANGES 2
#endif
#ifndef ABORTS /* executions that end in mid-flow while their handlers go on; also sweepers and writers that die */
#define ABORTS 1
#endif
#ifndef FAILURES /* tasks whose Catch is taken, whatever their handler has done or will do */
#define FAILURES 1
#endif
#ifndef REPEATS /* tasks delivered once more, at any later time */
#define REPEATS 1
#endif
#ifndef STAGED /* changes with more rows than a transaction takes */
#define STAGED 0
#endif
#ifndef LAST_ROUNDS /* rounds that accept no more joins, because the flow has run for too long */
#define LAST_ROUNDS 0
#endif
#ifndef SWEEPERS
#define SWEEPERS 1
#endif
#ifndef RECOVERIES /* losses until an operation is given up; 3 in the code, the rule is the same */
#define RECOVERIES 1
#endif
#define OPERATIONS (CHANGES + ABORTS + REPEATS + ABORTS)

/* Mutations. */
#ifdef NO_FENCE /* a flow's writes lack their condition */
#define HOLDS(o, f) (true)
#else
#define HOLDS(o, f) (lockOp == (o) && lockFence == (f))
#endif
#ifdef NO_GENERATION /* the settling does not check the generation */
#define UNCHANGED(g) (true)
#else
#define UNCHANGED(g) (generation == (g) && staged == 0)
#endif
#ifdef JOIN_WHILE_CLOSING
#define OPEN(closed) (true)
#else
#define OPEN(closed) (!(closed))
#endif
#ifdef STALE_PUSH /* a late handler may push a configuration older than the last one */
#define FRESH(g) (true)
#else
#define FRESH(g) (pushed <= (g))
#endif
#ifdef SAME_FENCE_UNDO /* a rollback keeps the fence of the operation that it undoes */
#define UNDO_FENCE(f) (f)
#else
#define UNDO_FENCE(f) ((f) + 1)
#endif

#ifdef START_GIVEN_UP /* an operation that is given up looks like one that is committed and not started */
#define GIVEN_UP(n) (false)
#else
#define GIVEN_UP(n) ((n) > RECOVERIES)
#endif

#define NONE 0
/* an operation's status */
#define COMMITTED 1
#define JOINED 2
#define RUNNING 3
#define SUCCEEDED 4
#define FAILED 5
#define SUPERSEDED 6
/* an execution's, beside RUNNING */
#define ABSENT 0
#define ENDED 7
/* a row's */
#define PENDING 1
#define ACTIVE 2
#define ERROR 3
/* a handler's result */
#define OK 0
#define AGAIN 1
#define LOST 2
#define DONE 3
/* tasks */
#define PREPARE 1
#define PUSH 2
#define SETTLE 3
#define BEGIN_ROLLBACK 4
#define MARK_ERROR 5
/* a sender without the fence */
#define FOREIGN 255

/* The table: the load balancer's row. */
byte lockOp, lockFence, fence, generation, staged;
bool closing;
/* Rows below it, by change: the rows of one change share their fate. */
byte row[CHANGES + 1];
/* Operations, and their executions. */
byte status[OPERATIONS + 1], opFence[OPERATIONS + 1], carriedBy[OPERATIONS + 1], losses[OPERATIONS + 1];
bool reason[OPERATIONS + 1];
byte execution[OPERATIONS + 1], inputFence[OPERATIONS + 1];
byte operations = CHANGES;
/*
 * The amphora, and what the table knows of it: a set of changes, the sender of an unconfirmed push (0: none), and the
 * generation of the last push.
 */
byte amphora, known, unconfirmed, pushed;
/* What may still happen. */
byte aborts = ABORTS, failures = FAILURES, repeats = REPEATS;
#if LAST_ROUNDS
byte lastRounds = LAST_ROUNDS;
#endif
/* Only for the assertions: how often an execution of the operation was begun; it is being undone; the change counts;
   an operation has failed that was to push again after a stale push. */
byte begun[OPERATIONS + 1];
bool undoing[OPERATIONS + 1];
bool accepted[CHANGES + 1];
bool leftUnconfirmed;

chan late = [0] of { byte, byte, byte, byte, bool, byte };

/* At most one fence is accepted at a time, and a zombie writes nothing. */
inline writes() {
  assert(lockOp == o && lockFence == f && fence == f);
  assert(status[o] != SUPERSEDED && status[o] != SUCCEEDED && status[o] != FAILED);
  assert(life == begun[o] && undo == undoing[o])
}

inline wanted(set) {
  set = 0; i = 1;
  do
  :: i <= CHANGES -> if :: row[i] != NONE -> set = set | (1 << i) :: else fi; i++
  :: else -> break
  od; i = 0
}

inline setRows(set, from, to) {
  i = 1;
  do
  :: i <= CHANGES -> if :: (set & (1 << i)) && (row[i] == PENDING || row[i] == from) -> row[i] = to :: else fi; i++
  :: else -> break
  od; i = 0
}

/* operations.ts, beginStep: the operation's own record, not the lock. */
inline beginStep() {
  d_step {
    if
    :: opFence[o] == f && (status[o] == COMMITTED || status[o] == RUNNING) -> status[o] = RUNNING; r = OK
    :: opFence[o] == f && (status[o] == SUCCEEDED || status[o] == FAILED) -> r = DONE
    :: else -> r = LOST
    fi
  }
}

/* staged-rows.ts, unstageRows */
inline unstage() {
  d_step { set = staged };
  if
  :: set != 0 ->
    d_step {
      if
      :: HOLDS(o, f) && staged == set -> writes(); row[set] = PENDING; staged = 0; generation++
      :: !HOLDS(o, f) -> r = LOST
      :: else
      fi
    }
  :: else
  fi
}

/* prepare-changes.ts */
inline prepare() {
  beginStep();
  if
  :: r == OK ->
#if LAST_ROUNDS
    if
    :: d_step { lastRounds > 0 && HOLDS(o, f) -> lastRounds--; writes(); closing = true }
    :: true
    fi;
#endif
    unstage(); d_step { g = generation }
  :: else
  fi
}

/* pushes.ts, resend: a change without rows, after a push that may be stale. The next push is unconditional. */
inline resend() {
  if
  :: d_step {
      lockOp == 0 ->
      operations++; assert(operations <= OPERATIONS);
      fence++; lockOp = operations; lockFence = fence; closing = false; generation++;
      opFence[operations] = fence; status[operations] = COMMITTED; unconfirmed = FOREIGN
    }
  :: d_step { lockOp != 0 && OPEN(closing) && staged == 0 -> generation++; unconfirmed = FOREIGN }
  fi
}

/*
 * listeners-update.ts, pushes.ts: a push is unconfirmed until its sender confirms it. No handler starts a push that is
 * older than the last started one.
 */
inline push() {
  beginStep();
  if
  :: r == OK ->
    d_step { wanted(set); h = generation };
    if
    :: unconfirmed == 0 && known == set
    :: else ->
      /* beginPush; a push older than the last started one is not sent, and the flow does another round. */
      d_step {
        if
        :: HOLDS(o, f) && FRESH(h) -> writes(); unconfirmed = _pid; pushed = h
        :: HOLDS(o, f) && !FRESH(h) -> r = AGAIN
        :: else -> r = LOST
        fi
      };
      if
      :: r == OK ->
        /* The agent checks no fence: this may come at any time. */
        d_step { amphora = set };
        /* confirmPush */
        d_step {
          if
          :: HOLDS(o, f) && unconfirmed == _pid -> writes(); known = set; unconfirmed = 0; h = 0
          :: HOLDS(o, f) && unconfirmed != _pid
          :: else -> r = LOST
          fi
        };
#ifndef NO_REPAIR
        if
        :: d_step { h != 0 && unconfirmed != _pid && pushed != h -> h = 0 }; resend()
        :: else
        fi
#endif
      :: else -> r = (r == AGAIN -> OK : r)
      fi
    fi
  :: else
  fi
}

/* settlements.ts, settle */
inline settle(outcome) {
  d_step {
    if
    :: HOLDS(o, f) ->
      writes();
      lockOp = 0; lockFence = 0; closing = false; status[o] = outcome; r = OK;
      leftUnconfirmed = leftUnconfirmed || (status[o] == FAILED && unconfirmed == FOREIGN)
    :: else -> r = (opFence[o] == f && (status[o] == SUCCEEDED || status[o] == FAILED) -> DONE : LOST)
    fi
  }
}

/* settle-changes.ts, change-settlements.ts */
inline settleChanges() {
  beginStep();
  if
  :: r == OK ->
    d_step {
      if
      :: HOLDS(o, f) && UNCHANGED(g) -> writes(); closing = true
      :: HOLDS(o, f) && !UNCHANGED(g) -> r = AGAIN
      :: else -> r = LOST
      fi
    };
    if
    :: r == OK ->
      d_step { wanted(set) };
      d_step {
        if
        :: HOLDS(o, f) -> writes(); setRows(set, ERROR, ACTIVE)
        :: else -> r = LOST
        fi
      };
      if
      :: r == OK -> settle((reason[o] -> FAILED : SUCCEEDED))
      :: else
      fi
    :: else
    fi
  :: else
  fi
}

/* begin-rollback.ts, settlements.ts: returns the fence to go on with. */
inline beginRollback() {
  d_step { set = opFence[o]; i = status[o]; r = reason[o] };
  if
  :: i == SUCCEEDED || i == FAILED || i == SUPERSEDED -> d_step { i = 0; r = LOST }
  :: else ->
    if
    :: set == f + 1 && r -> d_step { i = 0; f = set; r = OK }
    :: !(set == f + 1 && r) && set != f -> d_step { i = 0; r = LOST }
    :: !(set == f + 1 && r) && set == f ->
      d_step {
        i = 0;
        if
        :: HOLDS(o, f) && opFence[o] == f ->
          writes();
          fence = UNDO_FENCE(f); lockFence = UNDO_FENCE(f); closing = true;
          opFence[o] = UNDO_FENCE(f); reason[o] = true; undoing[o] = true; f = UNDO_FENCE(f); r = OK
        :: else -> r = LOST
        fi
      }
    fi
  fi
}

/* failed-settlement.ts */
inline settleFailed() {
  unstage();
  if
  :: r == OK ->
    d_step { wanted(set) };
    d_step {
      if
      :: HOLDS(o, f) -> writes(); setRows(set, PENDING, ERROR)
      :: else -> r = LOST
      fi
    };
    if
    :: r == OK -> settle(FAILED)
    :: else
    fi
  :: else
  fi
}

inline markError() {
  beginStep();
  if
  :: r == OK -> settleFailed()
  :: else
  fi
}

/* Handlers of a task that are delivered twice, or that are still running after their flow has gone on. */
proctype Late() {
  byte o, f, g, h, life, r, set, task, i;
  bool undo;
end:
  late ? o, f, g, life, undo, task;
  if
  :: task == PREPARE -> prepare()
  :: task == PUSH -> push()
  :: task == SETTLE -> settleChanges()
  :: task == BEGIN_ROLLBACK -> beginRollback()
  :: task == MARK_ERROR -> markError()
  fi
}

/* A task's handler may be delivered twice; an execution that has ended begins no further task. */
inline deliver(task) {
  if
  :: atomic { repeats > 0 -> repeats--; late ! o, f, g, life, undo, task }
  :: true
  fi;
  if
  :: execution[o] == ENDED -> goto ended
  :: else
  fi
}

inline mayFail() {
  if
  :: d_step { failures > 0 && r != LOST -> failures-- }; goto rollback
  :: r == LOST -> goto ended
  :: r != LOST
  fi
}

/* apply-changes.yml */
proctype Flow(byte o) {
  byte f, g, h, life, r, set, i;
  bool undo;
end:
  d_step { execution[o] == RUNNING && inputFence[o] != 0 -> f = inputFence[o]; life = begun[o] };
round:
  deliver(PREPARE); prepare(); mayFail();
  deliver(PUSH); push(); mayFail();
  deliver(SETTLE); settleChanges(); mayFail();
  if
  :: r == AGAIN -> goto round
  :: else -> goto ended
  fi;
rollback:
  deliver(BEGIN_ROLLBACK); beginRollback();
  if
  :: r == LOST -> goto ended
  :: else
  fi;
  undo = true;
  deliver(MARK_ERROR); markError();
ended:
  skip;
  d_step { execution[o] = ENDED; f = 0; g = 0; h = 0; r = 0; set = 0; undo = 0; life = 0 }
}

/* executions.ts: the same name again changes nothing. */
inline start(operation) {
  d_step {
    if
    :: execution[operation] == ABSENT -> execution[operation] = RUNNING; inputFence[operation] = opFence[operation]; begun[operation]++
    :: else
    fi
  }
}

/* change-rows.ts, writeOut: in the holder's name, under the fence that was read. */
inline writeOut() {
  d_step {
    if
    :: HOLDS(o, f) && staged == c -> row[c] = PENDING; staged = 0; generation++
    :: else
    fi
  }
}

/* change-commits.ts; `c` is the change, its own operation, and its requester. */
proctype Writer(byte c) {
  byte o, f, g, r, set, i, life;
  bool undo, closed, large;
  if
  :: STAGED > 0 && c <= STAGED -> large = true
  :: else
  fi;
again:
  skip;
  d_step { o = lockOp; f = (lockOp == 0 -> fence : lockFence); g = generation; closed = closing; set = staged };
  if
  :: o == 0 ->
    d_step {
      r = LOST;
      if
      :: lockOp == 0 && fence == f ->
        fence++; lockOp = c; lockFence = fence; closing = false; generation++;
        opFence[c] = fence; status[c] = COMMITTED; accepted[c] = true;
        if :: large -> staged = c :: else -> row[c] = PENDING fi;
        o = c; f = fence; r = OK
      :: else
      fi
    }
  :: o != 0 && OPEN(closed) && set == 0 ->
    d_step {
      r = LOST;
      if
      :: lockOp == o && OPEN(closing) && staged == 0 && (!large || generation == g) ->
        generation++; opFence[c] = f; status[c] = JOINED; carriedBy[c] = o; accepted[c] = true;
        if :: large -> staged = c :: else -> row[c] = PENDING fi;
        r = OK
      :: else
      fi
    }
  :: else ->
    /* It waits, and is refused in the end: 409. */
    if
    :: d_step { lockOp == 0 || (OPEN(closing) && staged == 0) -> r = LOST }
    :: goto over
    fi
  fi;
  if
  :: r == LOST -> goto again
  :: else
  fi;
  /* It is committed. Its writer may die at any time from here. */
  if
  :: large -> life = begun[o]; undo = undoing[o]; writeOut()
  :: else
  fi;
  if
  :: status[c] == JOINED
  :: status[c] != JOINED -> start(c)
  :: d_step { aborts > 0 -> aborts-- }
  fi;
over:
  skip;
  d_step { o = 0; f = 0; g = 0; r = 0; set = 0; i = 0; life = 0; undo = 0; closed = 0; large = 0 }
}

/* recovery.ts, end: from where it stands, and under the fence of the rollback, once that has begun. It may die on its way. */
inline giveUp() {
  life = begun[o]; r = OK;
  if
  :: reason[o] -> f = opFence[o]
  :: else -> beginRollback()
  fi;
  if
  :: d_step { r == OK && aborts > 0 -> aborts-- }
  :: r == OK -> undo = true; settleFailed()
  :: else
  fi
}

/* recovery.ts, lost-locks.ts: the sweep, and an operator's redrive. */
proctype Sweeper() {
  byte o, f, g, r, set, i, life, lost;
  bool undo;
end:
  do
  :: d_step { lockOp != 0 && execution[lockOp] != RUNNING -> lost = lockOp; f = lockFence };
    d_step { set = status[lost]; i = execution[lost] };
    if
    :: i == RUNNING -> i = 0
    :: i == ABSENT && set == COMMITTED -> i = 0; start(lost)
#ifndef GIVE_UP_ANEW /* a sweep that finds an operation that is given up takes its lock too */
    :: i != RUNNING && !(i == ABSENT && set == COMMITTED) && losses[lost] > RECOVERIES ->
      i = 0; o = lost; f = opFence[o]; giveUp()
#endif
    :: else ->
      i = 0;
#ifdef RAW_REDRIVE /* the same operation again, under its fence */
      if
      :: atomic {
          execution[lost] == ENDED && lockOp == lost && losses[lost] < RECOVERIES ->
          losses[lost]++; execution[lost] = RUNNING; begun[lost]++; inputFence[lost] = opFence[lost]; run Flow(lost)
        }
      :: else
      fi
#else
      d_step {
        r = LOST;
        if
        :: lockOp == lost && lockFence == f ->
          operations++; assert(operations <= OPERATIONS); o = operations;
          f = f + 1; fence = f; lockOp = o; lockFence = f; closing = false;
          status[lost] = SUPERSEDED; carriedBy[lost] = o;
          opFence[o] = f; losses[o] = losses[lost] + 1; r = OK;
          /* An operation that is given up is never started. */
          status[o] = (GIVEN_UP(losses[o]) -> RUNNING : COMMITTED)
        :: else
        fi
      };
      if
      :: r == LOST
      :: d_step { r == OK && aborts > 0 -> aborts-- }
      :: r == OK && losses[o] <= RECOVERIES -> start(o)
      :: r == OK && losses[o] > RECOVERIES -> giveUp()
      fi
#endif
    fi;
    d_step {
      o = 0; f = 0; g = 0; r = 0; set = 0; i = 0; life = 0; undo = 0; lost = 0
    }
  od
}

/* Step Functions ends an execution: its handlers go on. */
proctype Aborter() {
end:
  do
  :: d_step { aborts > 0 && lockOp != 0 && execution[lockOp] == RUNNING -> execution[lockOp] = ENDED; aborts-- }
  od
}

#define ENDED_BY(s) ((s) == SUCCEEDED || (s) == FAILED)

/* Nothing moves any more: then everything is settled, and no accepted change is lost. */
proctype Rest() {
  byte c, o;
  timeout;
  assert(lockOp == 0 && staged == 0);
  c = 1;
  do
  :: c <= CHANGES ->
    if
    :: accepted[c] ->
      assert(row[c] == ERROR || (row[c] == ACTIVE && ((amphora & (1 << c)) || (leftUnconfirmed && unconfirmed != 0))));
      o = c;
      do
      :: status[o] == JOINED || status[o] == SUPERSEDED -> o = carriedBy[o]
      :: else -> break
      od;
      assert(ENDED_BY(status[o]));
      assert(status[o] == FAILED || row[c] == ACTIVE)
    :: else -> assert(row[c] == NONE)
    fi;
    c++
  :: else -> break
  od
}

init {
  byte n;
  atomic {
    n = 1;
    do
    :: n <= CHANGES -> run Writer(n); n++
    :: else -> break
    od;
    n = 1;
    do
    :: n <= OPERATIONS -> run Flow(n); n++
    :: else -> break
    od;
    n = 0;
    do
    :: n < SWEEPERS -> run Sweeper(); n++
    :: else -> break
    od;
    n = 0;
    do
    :: n < REPEATS -> run Late(); n++
    :: else -> break
    od;
    if :: ABORTS > 0 -> run Aborter() :: else fi;
    run Rest(); n = 0
  }
}
