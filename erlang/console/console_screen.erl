%% The line being edited and what of it is on the terminal. Takes the drawing
%% requests that OTP's line editor sends, changes a model of the text, and
%% writes only the difference between the text as drawn and as it is now. Pure;
%% layout (rows, columns, wrapping) is console_layout's.
%%
%% The prompt's text starts at `column`, where output before it ended. Lines
%% above and below the cursor's and the two halves of the cursor's line are
%% lists of cells; `above` and `before` are kept reversed.
-module(console_screen).

-export([new/2, resize/3, size/1, print/2, edit/2, is_idle/1, prompt_line/1]).

-record(screen, {cols :: pos_integer(),
                 rows :: pos_integer(),
                 column = 0 :: non_neg_integer(),
                 above = [] :: [console_layout:cells()],
                 before = [] :: console_layout:cells(),
                 after_ = [] :: console_layout:cells(),
                 below = [] :: [console_layout:cells()],
                 hint = none :: none | hint()}).

%% Text under the line (completions, help): its lines, the first one shown,
%% and how many are shown at most (0: as many as fit).
-type hint() :: {Lines :: [console_layout:cells()], First :: pos_integer(), Limit :: integer()}.
-opaque screen() :: #screen{}.
-export_type([screen/0]).

-define(BELL, <<7>>).
-define(CLEAR, <<"\e[H\e[2J">>).

-spec new(pos_integer(), pos_integer()) -> screen().
new(Cols, Rows) ->
    #screen{cols = Cols, rows = Rows}.

-spec resize(pos_integer(), pos_integer(), screen()) -> screen().
resize(Cols, Rows, Screen) ->
    Screen#screen{cols = Cols, rows = Rows, column = min(Screen#screen.column, Cols - 1)}.

-spec size(screen()) -> {pos_integer(), pos_integer()}.
size(#screen{cols = Cols, rows = Rows}) ->
    {Cols, Rows}.

%% No prompt stands on the terminal.
-spec is_idle(screen()) -> boolean().
is_idle(#screen{above = [], before = [], after_ = [], below = []}) -> true;
is_idle(#screen{}) -> false.

%% The text of a prompt on a single line, for whoever must know whether
%% anything was typed behind it.
-spec prompt_line(screen()) -> string() | none.
prompt_line(#screen{above = [], below = [], after_ = [], before = Before}) ->
    [C || C <- lists:reverse(Before), is_integer(C)];
prompt_line(#screen{}) ->
    none.

%% Output goes above the prompt, which is drawn again below it.
-spec print(binary(), screen()) -> {iodata(), screen()}.
print(<<>>, Screen) ->
    {[], Screen};
print(Bytes, Screen) ->
    Bare = erased(Screen),
    Column = console_layout:column_after(Bytes, Bare#screen.column, Screen#screen.cols),
    Printed = Bare#screen{column = Column},
    Redrawn = Screen#screen{column = Column},
    {[draw(Screen, Bare), Bytes, draw(Printed, Redrawn)], Redrawn}.

-spec edit([tuple() | atom()], screen()) -> {iodata(), screen()}.
edit(Requests, Screen) ->
    edit(Requests, Screen, Screen, []).

%% Requests change the model one by one; it is drawn where something else has
%% to be written in between, and at the end.
edit([], Drawn, Screen, Out) ->
    {lists:reverse(Out, [draw(Drawn, Screen)]), Screen};
edit([{insert_chars, unicode, First}, {insert_chars, unicode, Second} | Requests], Drawn, Screen, Out) ->
    %% The editor asks for a pasted text character by character.
    {Run, Rest} = run(Requests, [Second, First]),
    edit([{insert_chars, unicode, Run} | Rest], Drawn, Screen, Out);
edit([Request | Requests], Drawn, Screen, Out) ->
    case request(Request, Screen) of
        {edited, Edited} ->
            edit(Requests, Drawn, Edited, Out);
        {written, Bytes, Left} ->
            edit(Requests, Left, Left, [Bytes, draw(Drawn, Screen) | Out]);
        {print, Bytes} ->
            {Printed, Left} = print(Bytes, Screen),
            edit(Requests, Left, Left, [Printed, draw(Drawn, Screen) | Out]);
        {nested, Nested} ->
            edit(Nested ++ Requests, Drawn, Screen, Out);
        leave ->
            Ended = to_end(Screen),
            {_Row, Column} = cursor(Ended),
            Left = (erased(Ended))#screen{column = Column},
            edit(Requests, Left, Left, [draw(Drawn, Ended) | Out])
    end.

run([{insert_chars, unicode, Next} | Requests], Run) -> run(Requests, [Next | Run]);
run(Requests, Run) -> {lists:reverse(Run), Requests}.

request({requests, Requests}, _Screen) ->
    {nested, Requests};
request({move_expand, By}, #screen{hint = {Lines, First, Limit}} = Screen) ->
    Last = max(1, length(Lines) - max(1, Limit) + 1),
    {edited, Screen#screen{hint = {Lines, min(Last, max(1, First + By)), Limit}}};
request({put_expand, unicode, Text, Limit}, Screen) ->
    Lines = console_layout:lines(console_layout:cells(Text)),
    %% The columns of completions are padded: a full row would cost another one.
    {edited, Screen#screen{hint = {[trimmed(Line) || Line <- Lines], 1, Limit}}};
request(Request, #screen{hint = none} = Screen) ->
    line_request(Request, Screen);
request(Request, Screen) ->
    line_request(Request, Screen#screen{hint = none}).

line_request({put_chars, unicode, Chars}, _Screen) ->
    {print, unicode:characters_to_binary(Chars)};
line_request({insert_chars, unicode, "\n"}, #screen{before = [], above = []}) ->
    %% The end of a line that was not shown while it was typed, such as a password.
    {print, <<"\n">>};
line_request({insert_chars, unicode, Chars}, Screen) ->
    {edited, insert(console_layout:cells(Chars), Screen)};
line_request({insert_chars_over, unicode, Chars}, Screen) ->
    Cells = console_layout:cells(Chars),
    {edited, insert(Cells, delete(length(Cells), Screen))};
line_request({delete_chars, N}, Screen) ->
    {edited, delete(N, Screen)};
line_request({move_rel, N}, Screen) ->
    {edited, move(N, Screen)};
line_request({move_line, N}, Screen) ->
    {edited, move_line(N, Screen)};
line_request({move_combo, First, Lines, Second}, Screen) ->
    {edited, move(Second, move_line(Lines, move(First, Screen)))};
line_request(delete_line, Screen) ->
    {edited, erased(Screen)};
line_request(delete_after_cursor, Screen) ->
    {edited, Screen#screen{after_ = [], below = []}};
line_request({redraw_prompt, Prompt, More, {Above, {Before, After}, Below}}, Screen) ->
    {edited, whole(Prompt, More, Above, Before, After, Below, erased(Screen))};
line_request(redraw_prompt, Screen) ->
    Bare = erased(Screen),
    {Text, Ended} = edit([], Bare, Screen, []),
    {written, [draw(Screen, Bare), Text], Ended};
line_request(new_prompt, _Screen) ->
    leave;
line_request(beep, Screen) ->
    {written, ?BELL, Screen};
line_request(clear, Screen) ->
    {written, ?CLEAR, (erased(Screen))#screen{column = 0}};
line_request(_Unknown, Screen) ->
    {edited, Screen}.

%% The editor's own account of the text: prompts are not part of its lines.
whole(Prompt, More, Above0, Before, After, Below, Screen) ->
    Head = console_layout:cells(Prompt),
    Next = console_layout:cells(More),
    Line = fun(Text) -> console_layout:cells(Text) end,
    Current = lists:reverse(Line(lists:reverse(Before))),
    %% A line that ends in a newline (the finished expression) leaves the
    %% cursor on the row under it.
    case {lists:reverse(Above0), Current} of
        {Above, [$\n | Rest]} ->
            Lines = prefixed(Head, Next, [Line(L) || L <- Above] ++ [lists:reverse(Rest)]),
            Screen#screen{above = lists:reverse(Lines)};
        {[], _} ->
            Screen#screen{before = Current ++ lists:reverse(Head), after_ = Line(After),
                          below = [Next ++ Line(L) || L <- Below]};
        {Above, _} ->
            Lines = prefixed(Head, Next, [Line(L) || L <- Above]),
            Screen#screen{above = lists:reverse(Lines), before = Current ++ lists:reverse(Next),
                          after_ = Line(After), below = [Next ++ Line(L) || L <- Below]}
    end.

prefixed(Head, Next, [First | Lines]) ->
    [Head ++ First | [Next ++ Line || Line <- Lines]].

insert(Cells, #screen{above = Above, before = Before} = Screen) ->
    case console_layout:lines(Cells) of
        [Line] ->
            Screen#screen{before = lists:reverse(Line, Before)};
        [Line | Lines] ->
            [Last | Between] = lists:reverse(Lines),
            First = lists:reverse(Before, Line),
            Screen#screen{above = Between ++ [First | Above], before = lists:reverse(Last)}
    end.

delete(N, #screen{after_ = After} = Screen) when N > 0 ->
    {_Gone, Left} = console_layout:split(N, After),
    Screen#screen{after_ = Left};
delete(N, #screen{before = Before} = Screen) ->
    {_Gone, Left} = console_layout:split(-N, Before),
    Screen#screen{before = Left}.

move(N, #screen{before = Before, after_ = After} = Screen) when N > 0 ->
    {Passed, Left} = console_layout:split(N, After),
    Screen#screen{before = lists:reverse(Passed, Before), after_ = Left};
move(N, #screen{before = Before, after_ = After} = Screen) ->
    {Passed, Left} = console_layout:split(-N, Before),
    Screen#screen{before = Left, after_ = lists:reverse(Passed, After)}.

move_line(N, #screen{above = [Line | Above], below = Below} = Screen) when N < 0 ->
    move_line(N + 1, at(length(Screen#screen.before), Line,
                        Screen#screen{above = Above, below = [current(Screen) | Below]}));
move_line(N, #screen{above = Above, below = [Line | Below]} = Screen) when N > 0 ->
    move_line(N - 1, at(length(Screen#screen.before), Line,
                        Screen#screen{above = [current(Screen) | Above], below = Below}));
move_line(_N, Screen) ->
    Screen.

at(Index, Line, Screen) ->
    {Before, After} = console_layout:split(Index, Line),
    Screen#screen{before = lists:reverse(Before), after_ = After}.

current(#screen{before = Before, after_ = After}) ->
    lists:reverse(Before, After).

erased(Screen) ->
    Screen#screen{above = [], before = [], after_ = [], below = [], hint = none}.

to_end(#screen{below = []} = Screen) ->
    move(length(Screen#screen.after_), Screen#screen{hint = none});
to_end(#screen{below = Below} = Screen) ->
    to_end(move_line(length(Below), Screen)).

cursor(Screen) ->
    {Text, Index} = text(Screen),
    console_layout:position(Index, Text, Screen#screen.column, Screen#screen.cols).

draw(Same, Same) ->
    [];
draw(#screen{column = Column} = Old, #screen{cols = Cols} = New) ->
    console_layout:difference(text(Old), text(New), Column, Cols).

%% Everything that stands on the terminal for this screen, and the number of
%% cells in front of the cursor. What does not fit is left out at the top.
text(#screen{above = Above, before = Before, after_ = After, below = Below} = Screen) ->
    Room = max(1, Screen#screen.rows - 1),
    Rest = Below ++ hint(Screen#screen.hint, Room - 1),
    Shown = lists:sublist(Above, max(0, Room - 1 - length(Rest))),
    Front = lists:append([Line ++ [$\n] || Line <- lists:reverse(Shown)]),
    Tail = lists:append([[$\n | Line] || Line <- Rest]),
    Cells = Front ++ lists:reverse(Before, After ++ Tail),
    {Cells, length(Front) + length(Before)}.

trimmed(Line) ->
    lists:reverse(lists:dropwhile(fun(Cell) -> Cell =:= $\s end, lists:reverse(Line))).

hint(none, _Room) ->
    [];
hint({Lines, First, Limit}, Room) ->
    Total = length(Lines),
    Fit = max(1, Room - 1),
    case min(Total, case Limit of 0 -> Fit; _ -> min(Limit, Fit) end) of
        Total ->
            Lines;
        Count ->
            Last = First + Count - 1,
            Status = io_lib:format("\e[2mrows ~w to ~w of ~w\e[0m", [First, Last, Total]),
            lists:sublist(Lines, First, Count) ++ [console_layout:cells(Status)]
    end.
