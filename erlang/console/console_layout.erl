%% Text as cells on a terminal: where each one stands, what a line break or a
%% wide character does to the cursor, and the shortest honest way to turn one
%% drawn text into another. Pure.
-module(console_layout).

-export([cells/1, lines/1, split/2, position/4, difference/4, column_after/3]).

%% A character, or a colour change that takes no room and counts for nothing.
-type cell() :: char() | {sgr, binary()}.
-type cells() :: [cell()].
-type position() :: {Row :: non_neg_integer(), Column :: non_neg_integer()}.
-export_type([cells/0]).

-define(TAB, "        ").
%% How far back output is searched for the start of its last line.
-define(TAIL_BYTES, 2048).

-spec cells(unicode:chardata()) -> cells().
cells(Text) ->
    case unicode:characters_to_list(Text) of
        Chars when is_list(Chars) -> coloured(Chars);
        _Invalid -> []
    end.

coloured([$\e, $[ | Rest]) ->
    case sequence(Rest, [$[, $\e]) of
        {Sequence, $m, Left} -> [{sgr, list_to_binary(Sequence)} | coloured(Left)];
        {_Other, _Final, Left} -> coloured(Left)
    end;
coloured([$\r, $\n | Rest]) ->
    [$\n | coloured(Rest)];
coloured([C | Rest]) ->
    [C | coloured(Rest)];
coloured([]) ->
    [].

sequence([C | Rest], Sequence) when C >= 16#20, C =< 16#3F ->
    sequence(Rest, [C | Sequence]);
sequence([C | Rest], Sequence) when C >= 16#40, C =< 16#7E ->
    {lists:reverse(Sequence, [C]), C, Rest};
sequence(Rest, Sequence) ->
    {lists:reverse(Sequence), none, Rest}.

-spec lines(cells()) -> [cells(), ...].
lines(Cells) ->
    lines(Cells, [], []).

lines([$\n | Cells], Line, Lines) ->
    lines(Cells, [], [lists:reverse(Line) | Lines]);
lines([Cell | Cells], Line, Lines) ->
    lines(Cells, [Cell | Line], Lines);
lines([], Line, Lines) ->
    lists:reverse(Lines, [lists:reverse(Line)]).

%% The first N characters and the rest; colours go with what precedes them.
-spec split(non_neg_integer(), cells()) -> {cells(), cells()}.
split(N, Cells) ->
    split(N, Cells, []).

split(N, [{sgr, _} = Cell | Cells], Passed) ->
    split(N, Cells, [Cell | Passed]);
split(N, [Cell | Cells], Passed) when N > 0 ->
    split(N - 1, Cells, [Cell | Passed]);
split(_N, Cells, Passed) ->
    {lists:reverse(Passed), Cells}.

%% Where the cursor stands after the first `Index` cells.
-spec position(non_neg_integer(), cells(), non_neg_integer(), pos_integer()) -> position().
position(Index, Cells, Column, Cols) ->
    walk(Index, Cells, {0, Column}, Cols).

walk(0, _Cells, At, _Cols) -> At;
walk(_N, [], At, _Cols) -> At;
walk(N, [Cell | Cells], At, Cols) -> walk(N - 1, Cells, step(Cell, At, Cols), Cols).

%% A full row puts the cursor at the start of the next one (render/3 makes the
%% terminal do the same); a wide character that does not fit starts there.
step({sgr, _}, At, _Cols) ->
    At;
step($\n, {Row, _Column}, _Cols) ->
    {Row + 1, 0};
step(C, {Row, Column}, Cols) ->
    Width = width(C),
    if
        Column + Width > Cols -> {Row + 1, min(Width, Cols - 1)};
        Column + Width =:= Cols, Width > 0 -> {Row + 1, 0};
        true -> {Row, Column + Width}
    end.

width($\t) -> length(?TAB);
width(C) when C < 32; C =:= 127 -> 2;
width(C) when C < 127 -> 1;
width(C) -> console_width:columns(C).

%% What to write so that a terminal that shows the old text shows the new one.
%% The cursor is given as the number of cells in front of it.
-spec difference({cells(), non_neg_integer()}, {cells(), non_neg_integer()},
                 non_neg_integer(), pos_integer()) -> iodata().
difference({Old, OldIndex}, {New, NewIndex}, Column, Cols) ->
    Start = {0, Column},
    From = walk(OldIndex, Old, Start, Cols),
    To = walk(NewIndex, New, Start, Cols),
    case common(Old, New, Start, Cols) of
        {_At, [], []} ->
            go(From, To);
        {At, [], Added} ->
            {Text, End} = render(Added, At, Cols),
            [go(From, At), Text, go(End, To)];
        {At, _Removed, Added} ->
            {Text, End} = render(Added, At, Cols),
            [go(From, At), <<"\e[J">>, Text, go(End, To)]
    end.

%% The common start ends before a character whose combining marks differ.
common(Old, New, At, Cols) ->
    common(Old, New, At, {At, Old, New}, Cols).

common([Cell | Old], [Cell | New], At, Base, Cols) ->
    Next = step(Cell, At, Cols),
    case is_mark(Cell) of
        true -> common(Old, New, Next, Base, Cols);
        false -> common(Old, New, Next, {At, [Cell | Old], [Cell | New]}, Cols)
    end;
common(Old, New, At, Base, _Cols) ->
    case starts_with_mark(Old) orelse starts_with_mark(New) of
        true -> Base;
        false -> {At, Old, New}
    end.

starts_with_mark([Cell | _]) -> is_mark(Cell);
starts_with_mark([]) -> false.

is_mark(C) when is_integer(C), C >= 16#300 -> console_width:columns(C) =:= 0;
is_mark(_Cell) -> false.

%% A terminal that has filled a row waits with the cursor on its last column;
%% a blank and a return bring it to the next row at once.
render(Cells, At, Cols) ->
    render(Cells, At, Cols, []).

render([], At, _Cols, Out) ->
    {unicode:characters_to_binary(lists:reverse(Out)), At};
render([Cell | Cells], At, Cols, Out) ->
    Next = step(Cell, At, Cols),
    Shown = [glyph(Cell) | Out],
    case {Cell, Next, At} of
        {$\n, _, _} -> render(Cells, Next, Cols, Shown);
        {_, {Row, 0}, {Before, _}} when Row > Before -> render(Cells, Next, Cols, [" \r" | Shown]);
        _ -> render(Cells, Next, Cols, Shown)
    end.

glyph({sgr, Sequence}) -> Sequence;
glyph($\n) -> "\r\n";
glyph($\t) -> ?TAB;
glyph(127) -> "^?";
glyph(C) when C < 32 -> [$^, C + $@];
glyph(C) -> C.

go({Row, Column}, {Row, Column}) -> [];
go({Row, _}, {Row, Column}) -> across(Column);
go({From, _}, {To, Column}) when From > To -> [csi(From - To, $A), across(Column)];
go({From, _}, {To, Column}) -> [csi(To - From, $B), across(Column)].

across(0) -> <<"\r">>;
across(Column) -> csi(Column + 1, $G).

csi(N, Final) -> [<<"\e[">>, integer_to_binary(N), Final].

%% The column at which output leaves the cursor.
-spec column_after(binary(), non_neg_integer(), pos_integer()) -> non_neg_integer().
column_after(Bytes, Column, Cols) ->
    case binary:last(Bytes) of
        $\n ->
            0;
        _ ->
            {Start, Tail} = last_line(Bytes, Column),
            {_Row, End} = walk(length(Tail), Tail, {0, Start}, Cols),
            End
    end.

last_line(Bytes, Column) ->
    Size = byte_size(Bytes),
    case line_start(Bytes, Size - 1, max(0, Size - ?TAIL_BYTES)) of
        0 -> {Column, cells(Bytes)};
        Start -> {0, cells(binary:part(Bytes, Start, Size - Start))}
    end.

line_start(_Bytes, Index, Limit) when Index < Limit ->
    Limit;
line_start(Bytes, Index, Limit) ->
    case binary:at(Bytes, Index) of
        C when C =:= $\n; C =:= $\r -> Index + 1;
        _ -> line_start(Bytes, Index - 1, Limit)
    end.
