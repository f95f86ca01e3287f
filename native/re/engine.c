/* Regular expressions for the VM: requests in, answers out, around OTP's own PCRE. A session holds one request at a
 * time and works on it in steps of bounded length, so that whoever waits can be stopped between two of them.
 * Numbers are 32 bits, the least significant byte first. What a request and an answer hold is written below. */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "local_config.h"
#include "pcre.h"

#define EXPORT(name) __attribute__((export_name(#name)))

/* Work of one step: some milliseconds. */
#define STEP 100000
/* Matches of a global run in one step. */
#define STEP_MATCHES 500
/* Compiled patterns that are kept. */
#define KEPT 64
/* A pattern that nests deeper would need more stack than there is. */
#define STACK_BYTES (64 * 1024)

/* Requests. Options are those of pcre.h.
 *   COMPILE options, pattern...
 *   RUN     options, pattern length, run options, offset, match limit, recursion limit, pattern..., subject...
 *   ALL     as RUN                               every match, as OTP's global runs go through a subject
 * A limit of NO_LIMIT is PCRE's own. */
enum { COMPILE = 1, RUN = 2, ALL = 3 };
#define NO_LIMIT 0xffffffffu

/* Answers.
 *   REFUSED  offset, words...                    the pattern is wrong
 *   COMPILED captures, crlf, names, entry size, name table...
 *   RAN      result, start, end, ...             a pair for each capture up to the result; below 1: no match
 *   RAN_ALL  result of the last run, then for each match: count, start, end, ...
 *   NO_ROOM                                      not enough memory
 *   BAD                                          no such request */
enum { REFUSED = 0, COMPILED = 1, RAN = 2, NO_ROOM = 3, BAD = 4, RAN_ALL = 5 };

/* What a step says: whether there is more to do. */
enum { GO_ON = 0, DONE = 1 };

extern const unsigned char _erts_pcre_default_tables[];

/* PCRE names it in code that is never reached; the C library's own would want a system's files. */
void *const stderr = NULL;

typedef struct {
  uint32_t options;
  uint32_t length;
  char *pattern;
  pcre *code;
  uint32_t users;
  uint32_t last_use;
} Kept;

typedef struct {
  uint8_t *request;
  uint32_t length;
  /* The subject of a run, a part of `request`. */
  const char *subject;
  uint32_t subject_length;
  Kept *kept;
  /* A run that is not over. */
  int *ovector;
  void *restart;
  unsigned long loops;
  erts_pcre_extra extra;
  int is_running;
  uint32_t run_options;
  /* A global run: where it is, whether it looks for a longer match where an empty one was, and what it found. */
  int is_global;
  int is_retry;
  uint32_t at;
  uint32_t empty_at;
  uint8_t *found;
  uint32_t found_length;
  uint32_t found_room;
  uint8_t *answer;
  uint32_t answer_length;
} Session;

static Kept kept[KEPT];
static uint32_t uses;

static uint32_t number(const uint8_t *at) {
  return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static void put(uint8_t *at, uint32_t value) {
  at[0] = value & 255;
  at[1] = value >> 8 & 255;
  at[2] = value >> 16 & 255;
  at[3] = value >> 24 & 255;
}

/* Room for an answer of so many numbers and some more bytes; an answer without room says so. */
static uint8_t *answer(Session *session, uint32_t tag, uint32_t numbers, uint32_t bytes) {
  uint32_t length = 4 + 4 * numbers + bytes;
  uint8_t *room = realloc(session->answer, length);
  if (room == NULL) {
    session->answer_length = 0;
    return NULL;
  }
  session->answer = room;
  session->answer_length = length;
  put(room, tag);
  return room + 4;
}

static int refuse(Session *session, uint32_t tag) {
  answer(session, tag, 0, 0);
  return DONE;
}

/* PCRE asks how deep the stack is; it grows downwards from the address that was noted before. */
static char *stack_base;
static int is_deep(void) {
  char here;
  return stack_base - &here > STACK_BYTES;
}

static void forget(Kept *entry) {
  free(entry->pattern);
  erts_pcre_free(entry->code);
  memset(entry, 0, sizeof *entry);
}

static void leave(Session *session) {
  if (session->kept != NULL) session->kept->users -= 1;
  session->kept = NULL;
}

/* The place for a new pattern: a free one, or that of the pattern that nobody uses for the longest time. */
static Kept *place(void) {
  Kept *oldest = NULL;
  for (int at = 0; at < KEPT; at++) {
    if (kept[at].code == NULL) return &kept[at];
    if (kept[at].users == 0 && (oldest == NULL || kept[at].last_use < oldest->last_use)) oldest = &kept[at];
  }
  if (oldest != NULL) forget(oldest);
  return oldest;
}

static Kept *find(uint32_t options, const char *pattern, uint32_t length) {
  for (int at = 0; at < KEPT; at++) {
    Kept *entry = &kept[at];
    if (entry->code != NULL && entry->options == options && entry->length == length &&
        memcmp(entry->pattern, pattern, length) == 0)
      return entry;
  }
  return NULL;
}

/* Gives the session a compiled pattern; on a wrong one the answer is written and 0 returned. */
static int compile(Session *session, uint32_t options, const char *pattern, uint32_t length) {
  char base;
  leave(session);
  Kept *entry = find(options, pattern, length);
  if (entry == NULL) {
    char *text = malloc(length + 1);
    if (text == NULL) return refuse(session, NO_ROOM), 0;
    memcpy(text, pattern, length);
    text[length] = 0;
    int code = 0;
    int offset = 0;
    const char *words = "";
    stack_base = &base;
    erts_pcre_stack_guard = is_deep;
    pcre *compiled = erts_pcre_compile2(text, (int)options, &code, &words, &offset, _erts_pcre_default_tables);
    if (compiled == NULL) {
      free(text);
      uint32_t size = strlen(words);
      uint8_t *room = answer(session, REFUSED, 1, size);
      if (room != NULL) {
        put(room, (uint32_t)offset);
        memcpy(room + 4, words, size);
      }
      return 0;
    }
    entry = place();
    if (entry == NULL) {
      free(text);
      erts_pcre_free(compiled);
      return refuse(session, NO_ROOM), 0;
    }
    *entry = (Kept){.options = options, .length = length, .pattern = text, .code = compiled};
  }
  entry->users += 1;
  entry->last_use = ++uses;
  session->kept = entry;
  return 1;
}

/* Whether a carriage return and a line feed may be one end of a line. */
static int has_crlf(unsigned long options) {
  unsigned long newline = options & (PCRE_NEWLINE_CR | PCRE_NEWLINE_LF | PCRE_NEWLINE_CRLF | PCRE_NEWLINE_ANY |
                                     PCRE_NEWLINE_ANYCRLF);
  return newline == PCRE_NEWLINE_ANY || newline == PCRE_NEWLINE_CRLF || newline == PCRE_NEWLINE_ANYCRLF;
}

static int describe(Session *session) {
  const pcre *code = session->kept->code;
  int captures = 0;
  int names = 0;
  int entry_size = 0;
  unsigned long options = 0;
  unsigned char *table = NULL;
  erts_pcre_fullinfo(code, NULL, PCRE_INFO_CAPTURECOUNT, &captures);
  erts_pcre_fullinfo(code, NULL, PCRE_INFO_OPTIONS, &options);
  erts_pcre_fullinfo(code, NULL, PCRE_INFO_NAMECOUNT, &names);
  erts_pcre_fullinfo(code, NULL, PCRE_INFO_NAMEENTRYSIZE, &entry_size);
  erts_pcre_fullinfo(code, NULL, PCRE_INFO_NAMETABLE, &table);
  uint32_t size = (uint32_t)(names * entry_size);
  uint8_t *room = answer(session, COMPILED, 4, size);
  if (room != NULL) {
    put(room, (uint32_t)captures);
    put(room + 4, (uint32_t)has_crlf(options));
    put(room + 8, (uint32_t)names);
    put(room + 12, (uint32_t)entry_size);
    if (size > 0) memcpy(room + 16, table, size);
  }
  return DONE;
}

static void end_run(Session *session) {
  if (session->restart != NULL) erts_pcre_free_restart_data(session->restart);
  session->restart = NULL;
  session->is_running = 0;
}

/* One step of a run has said this. */
static int went(Session *session, int result) {
  if (result == PCRE_ERROR_LOOP_LIMIT) return GO_ON;
  end_run(session);
  if (result == PCRE_ERROR_NOMEMORY) return refuse(session, NO_ROOM);
  uint32_t pairs = result > 0 ? (uint32_t)result : 0;
  uint8_t *room = answer(session, RAN, 1 + 2 * pairs, 0);
  if (room != NULL) {
    put(room, (uint32_t)result);
    for (uint32_t at = 0; at < 2 * pairs; at++) put(room + 4 + 4 * at, (uint32_t)session->ovector[at]);
  }
  return DONE;
}

static int start_run(Session *session, uint32_t options, uint32_t offset) {
  int captures = 0;
  const pcre *code = session->kept->code;
  erts_pcre_fullinfo(code, NULL, PCRE_INFO_CAPTURECOUNT, &captures);
  int size = 3 * (captures + 1);
  int *ovector = realloc(session->ovector, (size_t)size * sizeof(int));
  if (ovector == NULL) return PCRE_ERROR_NOMEMORY;
  session->ovector = ovector;
  erts_pcre_extra *extra = &session->extra;
  extra->flags |= PCRE_EXTRA_TABLES | PCRE_EXTRA_LOOP_LIMIT;
  extra->tables = _erts_pcre_default_tables;
  extra->loop_limit = STEP;
  extra->loop_counter_return = &session->loops;
  extra->restart_data = &session->restart;
  extra->restart_flags = 0;
  session->is_running = 1;
  return erts_pcre_exec(code, extra, session->subject, (int)session->subject_length, (int)offset, (int)options,
                        ovector, size);
}

static int resume_run(Session *session) {
  session->extra.loop_limit = STEP;
  session->extra.restart_flags = 0;
  return erts_pcre_exec(NULL, &session->extra, NULL, 0, 0, 0, NULL, 0);
}

/* Keeps a match of a global run; whether there was room. */
static int keep(Session *session, uint32_t pairs) {
  uint32_t length = session->found_length + 4 + 8 * pairs;
  if (length > session->found_room) {
    uint32_t room = 2 * length + 1024;
    uint8_t *found = realloc(session->found, room);
    if (found == NULL) return 0;
    session->found = found;
    session->found_room = room;
  }
  uint8_t *at = session->found + session->found_length;
  put(at, pairs);
  for (uint32_t n = 0; n < 2 * pairs; n++) put(at + 4 + 4 * n, (uint32_t)session->ovector[n]);
  session->found_length = length;
  return 1;
}

/* One character on: both of a line's end, all bytes of an encoded one. */
static uint32_t forward(const Session *session, uint32_t at) {
  const uint8_t *subject = (const uint8_t *)session->subject;
  uint32_t left = session->subject_length > at ? session->subject_length - at : 0;
  unsigned long options = 0;
  erts_pcre_fullinfo(session->kept->code, NULL, PCRE_INFO_OPTIONS, &options);
  if (has_crlf(options) && left >= 2 && subject[at] == 13 && subject[at + 1] == 10) return at + 2;
  if (!(options & PCRE_UTF8) || left == 0) return at + 1;
  uint8_t head = subject[at];
  if (head >= 0xf0) return at + 4;
  if (head >= 0xe0) return at + 3;
  return head >= 0xc0 ? at + 2 : at + 1;
}

static int tell_all(Session *session, int result) {
  session->is_global = 0;
  uint8_t *room = answer(session, RAN_ALL, 1, session->found_length);
  if (room != NULL) {
    put(room, (uint32_t)result);
    if (session->found_length > 0) memcpy(room + 4, session->found, session->found_length);
  }
  return DONE;
}

/* Goes on with a global run after one of its runs has said this; DONE when that was the last. */
static int went_all(Session *session, int result) {
  for (int matches = 0;; matches++) {
    if (result == PCRE_ERROR_LOOP_LIMIT) return GO_ON;
    end_run(session);
    if (result <= 0 && !session->is_retry) {
      if (result == PCRE_ERROR_NOMEMORY) return refuse(session, NO_ROOM);
      return tell_all(session, result);
    }
    if (result > 0 && !keep(session, (uint32_t)result)) return refuse(session, NO_ROOM);
    int is_empty = result <= 0 || session->ovector[0] == session->ovector[1];
    if (!session->is_retry && is_empty) {
      session->empty_at = (uint32_t)session->ovector[0];
      session->is_retry = 1;
    } else {
      session->at = is_empty ? forward(session, session->empty_at) : (uint32_t)session->ovector[1];
      session->is_retry = 0;
    }
    if (session->at > session->subject_length) return tell_all(session, PCRE_ERROR_NOMATCH);
    if (matches >= STEP_MATCHES) return GO_ON;
    uint32_t more = session->is_retry ? PCRE_NOTEMPTY_ATSTART | PCRE_ANCHORED : 0;
    result = start_run(session, session->run_options | PCRE_NO_UTF8_CHECK | more, session->at);
  }
}

/* The next step of a global run: of the run that was interrupted, or of a new one. */
static int step_all(Session *session) {
  if (session->is_running) return went_all(session, resume_run(session));
  uint32_t more = session->is_retry ? PCRE_NOTEMPTY_ATSTART | PCRE_ANCHORED : 0;
  return went_all(session, start_run(session, session->run_options | PCRE_NO_UTF8_CHECK | more, session->at));
}

static int begin_run(Session *session) {
  const uint8_t *at = session->request;
  if (session->length < 28) return refuse(session, BAD);
  uint32_t pattern_length = number(at + 8);
  if (pattern_length > session->length - 28) return refuse(session, BAD);
  memset(&session->extra, 0, sizeof session->extra);
  if (number(at + 20) != NO_LIMIT) {
    session->extra.flags |= PCRE_EXTRA_MATCH_LIMIT;
    session->extra.match_limit = number(at + 20);
  }
  if (number(at + 24) != NO_LIMIT) {
    session->extra.flags |= PCRE_EXTRA_MATCH_LIMIT_RECURSION;
    session->extra.match_limit_recursion = number(at + 24);
  }
  const char *pattern = (const char *)at + 28;
  session->subject = pattern + pattern_length;
  session->subject_length = session->length - 28 - pattern_length;
  if (!compile(session, number(at + 4), pattern, pattern_length)) return DONE;
  session->run_options = number(at + 12);
  session->at = number(at + 16);
  session->is_retry = 0;
  session->found_length = 0;
  int result = start_run(session, session->run_options, session->at);
  return session->is_global ? went_all(session, result) : went(session, result);
}

/* Room for a request, which is then handed to `session_take`. */
EXPORT(request_room) void *request_room(uint32_t length) { return malloc(length); }

/* A new session, or nothing if there is no room for it. */
EXPORT(session_open) void *session_open(void) { return calloc(1, sizeof(Session)); }

/* Ends a session, whatever it is at. */
EXPORT(session_close) void session_close(Session *session) {
  end_run(session);
  leave(session);
  free(session->ovector);
  free(session->found);
  free(session->request);
  free(session->answer);
  free(session);
}

/* Does the first step of a request, which belongs to the session from then on. */
EXPORT(session_take) int session_take(Session *session, uint8_t *request, uint32_t length) {
  end_run(session);
  session->answer_length = 0;
  uint32_t op = length < 4 ? 0 : number(request);
  free(session->request);
  session->request = request;
  session->length = length;
  session->is_global = op == ALL;
  if (op == RUN || op == ALL) return begin_run(session);
  if (op != COMPILE || length < 8) return refuse(session, BAD);
  if (!compile(session, number(request + 4), (const char *)request + 8, length - 8)) return DONE;
  return describe(session);
}

/* Does the next step. */
EXPORT(session_step) int session_step(Session *session) {
  if (session->is_global) return step_all(session);
  return session->is_running ? went(session, resume_run(session)) : DONE;
}

/* Where the answer is. */
EXPORT(session_answer) void *session_answer(Session *session) { return session->answer; }

/* How long it is; nothing if there was no room for it. */
EXPORT(session_answer_length) uint32_t session_answer_length(Session *session) { return session->answer_length; }
