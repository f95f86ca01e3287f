%% What a person sees after the editor's requests, told with the cursor drawn
%% as `|` into the last picture.
-module(console_screen_tests).

-export([typing_test/0, middle_test/0, deleting_test/0, wrapping_test/0, exact_row_test/0,
         wide_test/0, combining_test/0, several_lines_test/0, finished_line_test/0,
         output_above_prompt_test/0, output_without_newline_test/0, hint_test/0,
         hint_scrolls_test/0, overwrite_test/0, tall_text_test/0, random_edits_test/0,
         clear_test/0, resize_test/0]).

check(Cols, Requests, Expected) ->
    {Screen, Terminal} = play(Requests, console_screen:new(Cols, 24), console_terminal:new(Cols, 24)),
    _ = Screen,
    expect(Expected, picture(Terminal)).

expect(Same, Same) -> ok;
expect(Expected, Seen) -> error({expected, Expected, seen, Seen}).

play([], Screen, Terminal) ->
    {Screen, Terminal};
play([{print, Text} | Steps], Screen0, Terminal) ->
    {Out, Screen} = console_screen:print(Text, Screen0),
    play(Steps, Screen, console_terminal:write(Out, Terminal));
play([Request | Steps], Screen0, Terminal) ->
    {Out, Screen} = console_screen:edit([Request], Screen0),
    play(Steps, Screen, console_terminal:write(Out, Terminal)).

picture(Terminal) ->
    {Row, Col} = console_terminal:cursor(Terminal),
    Lines = console_terminal:lines(Terminal),
    Padded = Lines ++ lists:duplicate(max(0, Row + 1 - length(Lines)), ""),
    {Before, [Line | After]} = lists:split(Row, Padded),
    Before ++ [lists:sublist(lists:flatten(string:pad(Line, Col)), Col) ++ "|" ++ lists:nthtail(min(Col, length(Line)), Line)] ++ After.

insert(Text) -> {insert_chars, unicode, Text}.

typing_test() ->
    check(20, [insert("1> "), insert("a"), insert("bc")], ["1> abc|"]).

middle_test() ->
    check(20, [insert("1> ac"), {move_rel, -1}, insert("b")], ["1> ab|c"]).

deleting_test() ->
    check(20, [insert("1> abcd"), {move_rel, -1}, {delete_chars, -2}], ["1> a|d"]),
    check(20, [insert("1> abcd"), {move_rel, -3}, {delete_chars, 2}], ["1> a|d"]),
    check(20, [insert("1> abcd"), {move_rel, -3}, delete_after_cursor], ["1> a|"]),
    check(20, [insert("1> abcd"), delete_line], ["|"]).

wrapping_test() ->
    check(6, [insert("1> abcdefg"), {move_rel, -5}, insert("X")], ["1> abX", "|cdefg"]),
    check(6, [insert("1> abcdefg"), {delete_chars, -5}], ["1> ab|"]).

exact_row_test() ->
    check(6, [insert("1> abc")], ["1> abc", "|"]),
    check(6, [insert("1> abc"), insert("d")], ["1> abc", "d|"]),
    check(6, [insert("1> abcd"), {delete_chars, -1}, {delete_chars, -1}], ["1> ab|"]).

wide_test() ->
    check(6, [insert([$>, $ , 16#65E5, 16#672C, 16#8A9E]), {move_rel, -1}],
          [[$>, $ , 16#65E5, 16#672C], [$|, 16#8A9E]]).

combining_test() ->
    check(10, [insert("> e"), insert([16#301]), insert("x"), {move_rel, -3}, {delete_chars, 2}],
          ["> |x"]),
    check(10, [insert("> ae"), {move_rel, -1}, {delete_chars, 1}, insert("e"), insert([16#301])],
          [[$>, $ , $a, $e, $|, 16#301]]).

several_lines_test() ->
    Typed = [insert("1> foo("), insert("\n"), insert(".. "), insert("bar)")],
    check(20, Typed, ["1> foo(", ".. bar)|"]),
    check(20, Typed ++ [{move_line, -1}], ["1> foo(|", ".. bar)"]),
    check(20, Typed ++ [{move_combo, -4, -1, 3}, insert("X")], ["1> fooX|(", ".. bar)"]).

finished_line_test() ->
    Line = {[], {"\n.oof", []}, []},
    check(20, [insert("1> foo."), insert("\n"), {redraw_prompt, "1> ", "   ", Line}, new_prompt,
               {print, <<"ok\n">>}, insert("2> ")],
          ["1> foo.", "ok", "2> |"]).

output_above_prompt_test() ->
    check(20, [insert("1> ab"), {move_rel, -1}, {print, <<"x\ny\n">>}], ["x", "y", "1> a|b"]).

output_without_newline_test() ->
    check(20, [{print, <<"name: ">>}, insert("ab"), {delete_chars, -1}], ["name: a|"]),
    check(20, [insert("1> a"), {print, <<"x">>}, insert("b")], ["x1> ab|"]).

hint_test() ->
    Hint = {put_expand, unicode, <<"one\ntwo">>, 7},
    check(20, [insert("1> t"), Hint], ["1> t|", "one", "two"]),
    check(20, [insert("1> t"), Hint, insert("wo")], ["1> two|"]),
    check(5, [insert("> "), {put_expand, unicode, <<"a    \nb    \n">>, 7}], ["> |", "a", "b"]).

hint_scrolls_test() ->
    Hint = {put_expand, unicode, <<"1\n2\n3\n4">>, 2},
    check(20, [insert("> "), Hint], ["> |", "1", "2", "rows 1 to 2 of 4"]),
    check(20, [insert("> "), Hint, {move_expand, 9}], ["> |", "3", "4", "rows 3 to 4 of 4"]).

overwrite_test() ->
    check(20, [insert("> ab"), {move_rel, -2}, {insert_chars_over, unicode, "ba"}], ["> ba|"]).

clear_test() ->
    check(20, [{print, <<"old\n">>}, insert("1> a"), clear, {redraw_prompt, "1> ", "   ", {[], {"a", []}, []}}],
          ["1> a|"]).

resize_test() ->
    Screen = console_screen:resize(100, 30, console_screen:new(80, 24)),
    expect({100, 30}, console_screen:size(Screen)).

%% An expression taller than the terminal is shown from where it fits.
tall_text_test() ->
    Lines = lists:append([integer_to_list(N) ++ "\n" || N <- lists:seq(1, 40)]),
    {_Out, Screen} = console_screen:edit([insert(Lines)], console_screen:new(20, 5)),
    {Out, _} = console_screen:edit([{print_nothing}, redraw_prompt], Screen),
    Seen = console_terminal:lines(console_terminal:write(Out, console_terminal:new(20, 5))),
    expect(true, length(Seen) =< 5).

%% However the text came to be, it looks as if it had been typed at once.
random_edits_test() ->
    rand:seed(exsss, {1, 2, 3}),
    [same_as_typed_at_once(Cols) || Cols <- [7, 8, 13, 40], _ <- lists:seq(1, 60)],
    ok.

same_as_typed_at_once(Cols) ->
    Edits = [random_edit(rand:uniform(8)) || _ <- lists:seq(1, 25)],
    {Screen, Terminal} = play([insert("1> ") | Edits], console_screen:new(Cols, 24),
                              console_terminal:new(Cols, 24)),
    {Out, _} = console_screen:edit([redraw_prompt], Screen),
    Redrawn = console_terminal:write(Out, Terminal),
    expect(picture(Redrawn), picture(Terminal)).

random_edit(1) -> {move_rel, rand:uniform(9) - 5};
random_edit(2) -> {delete_chars, rand:uniform(5) - 3};
random_edit(3) -> {move_line, rand:uniform(3) - 2};
random_edit(4) -> insert("\n");
random_edit(5) -> insert([lists:nth(rand:uniform(4), [16#65E5, $é, 16#1F600, $z])]);
random_edit(6) -> insert(lists:duplicate(rand:uniform(6), $x));
random_edit(7) -> {print, lists:nth(rand:uniform(2), [<<"out\n">>, <<"longer output\n">>])};
random_edit(8) -> insert("abc").
