%% A terminal small enough to be right by reading it: takes what the console
%% writes and says what a person would see. The witness for the drawing code.
-module(console_terminal).

-export([new/2, write/2, lines/1, cursor/1]).

-record(terminal, {cols, rows, row = 0, col = 0, wrap = false, cells = #{}}).

new(Cols, Rows) ->
    #terminal{cols = Cols, rows = Rows}.

write(Output, Terminal) ->
    chars(unicode:characters_to_list(Output), Terminal).

%% The rows from the first to the last that is not empty; rows that scrolled
%% away are kept, as a scrollback keeps them.
lines(#terminal{cells = Cells, cols = Cols}) ->
    Last = lists:max([-1 | [Row || {Row, _} <- maps:keys(Cells)]]),
    All = [string:trim(lists:append([maps:get({Row, Col}, Cells, " ")
                                     || Col <- lists:seq(0, Cols - 1)]), trailing, " ")
           || Row <- lists:seq(0, Last)],
    lists:reverse(lists:dropwhile(fun(Line) -> Line =:= "" end, lists:reverse(All))).

%% Where the next character would go.
cursor(#terminal{wrap = true, row = Row}) -> {Row + 1, 0};
cursor(#terminal{row = Row, col = Col}) -> {Row, Col}.

chars([], T) ->
    T;
chars([$\r | Rest], T) ->
    chars(Rest, T#terminal{col = 0, wrap = false});
chars([$\n | Rest], T) ->
    %% The page's terminal takes a line feed for a new line.
    chars(Rest, T#terminal{row = T#terminal.row + 1, col = 0, wrap = false});
chars([7 | Rest], T) ->
    chars(Rest, T);
chars("\e[" ++ Rest, T) ->
    {Parameter, [Final | Left]} = lists:splitwith(fun(C) -> C < $@ end, Rest),
    chars(Left, sequence(Final, Parameter, T));
chars([C | Rest], T) ->
    chars(Rest, put_char(C, console_width:columns(C), T)).

sequence($A, N, T) -> T#terminal{row = max(0, T#terminal.row - number(N)), wrap = false};
sequence($B, N, T) -> T#terminal{row = T#terminal.row + number(N), wrap = false};
sequence($G, N, T) -> T#terminal{col = number(N) - 1, wrap = false};
sequence($H, "", T) -> T#terminal{row = 0, col = 0, wrap = false};
sequence($J, "2", T) -> T#terminal{cells = #{}};
sequence($J, "", #terminal{row = Row, col = Col, cells = Cells} = T) ->
    T#terminal{cells = maps:filter(fun(At, _) -> At < {Row, Col} end, Cells)};
sequence($m, _, T) -> T.

number("") -> 1;
number(Text) -> list_to_integer(Text).

put_char(C, 0, #terminal{row = Row, col = Col, cells = Cells, wrap = Wrap} = T) ->
    At = {Row, case Wrap of true -> Col; false -> Col - 1 end},
    %% A wide character holds its marks in its first cell.
    Base = case maps:get(At, Cells, none) of
        "" -> {Row, element(2, At) - 1};
        _ -> At
    end,
    T#terminal{cells = Cells#{Base => maps:get(Base, Cells, " ") ++ [C]}};
put_char(C, Width, #terminal{wrap = true} = T) ->
    put_char(C, Width, T#terminal{wrap = false, row = T#terminal.row + 1, col = 0});
put_char(C, Width, #terminal{row = Row, col = Col, cols = Cols} = T) when Col + Width > Cols ->
    put_char(C, Width, T#terminal{row = Row + 1, col = 0});
put_char(C, Width, #terminal{row = Row, col = Col, cols = Cols, cells = Cells} = T) ->
    Placed = case Width of
        1 -> Cells#{{Row, Col} => [C]};
        2 -> Cells#{{Row, Col} => [C], {Row, Col + 1} => ""}
    end,
    case Col + Width of
        Cols -> T#terminal{cells = Placed, col = Cols - 1, wrap = true};
        Next -> T#terminal{cells = Placed, col = Next}
    end.
