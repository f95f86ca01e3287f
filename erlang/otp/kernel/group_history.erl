%% The shell's history in one file of the home folder, which the page keeps: an entry is a line of UTF-8 in which
%% backslashes and line breaks are escaped. OTP keeps it in a log of Erlang terms; this one holds text only, so that
%% whatever stands in it can be read without harm.
-module(group_history).
-overlay(whole).
-export([load/0, add/1]).
-export([decode/1, encode/1]).

-define(HISTORY, "/home/user/.erlang_history").
-define(ENTRIES, 500).
-define(ENTRY_BYTES, 8192).
-define(ALL_BYTES, 131072).

%% The newest first, as the group leader wants them.
load() ->
    case prim_file:read_file(?HISTORY) of
        {ok, Text} -> lists:sublist(decode(Text), ?ENTRIES);
        {error, _} -> []
    end.

add(Line) ->
    Entry = encode(Line),
    case byte_size(Entry) =< ?ENTRY_BYTES andalso prim_file:open(?HISTORY, [read, append]) of
        {ok, File} ->
            {ok, Size} = prim_file:position(File, eof),
            ok = prim_file:write(File, Entry),
            ok = prim_file:close(File),
            Size + byte_size(Entry) =< ?ALL_BYTES orelse shorten();
        _ ->
            ok
    end.

%% Leaves half of what fits, so that this is rare.
shorten() ->
    Newest = within(?ALL_BYTES div 2, [encode(Line) || Line <- load()], []),
    prim_file:write_file(?HISTORY, Newest).

within(Room, [Entry | Entries], Kept) when byte_size(Entry) =< Room ->
    within(Room - byte_size(Entry), Entries, [Entry | Kept]);
within(_Room, _Entries, Kept) ->
    Kept.

encode(Line) ->
    case unicode:characters_to_binary([escaped(C) || C <- string:trim(Line, trailing, "\n"), is_shown(C)]) of
        Entry when is_binary(Entry) -> <<Entry/binary, "\n">>;
        _ -> <<"\n">>
    end.

escaped($\\) -> "\\\\";
escaped($\n) -> "\\n";
escaped(C) -> C.

%% Nothing that a terminal would obey.
is_shown(C) when is_integer(C) -> C =:= $\n orelse C =:= $\t orelse (C >= $\s andalso C < 127) orelse C >= 160;
is_shown(_) -> false.

decode(Text) ->
    lists:foldl(fun(Entry, Entries) ->
        case byte_size(Entry) =< ?ENTRY_BYTES andalso unicode:characters_to_list(Entry) of
            [_ | _] = Chars -> [[C || C <- unescaped(Chars), is_shown(C)] ++ "\n" | Entries];
            _ -> Entries
        end
    end, [], binary:split(Text, <<"\n">>, [global, trim_all])).

unescaped([$\\, $n | Rest]) -> [$\n | unescaped(Rest)];
unescaped([$\\, C | Rest]) -> [C | unescaped(Rest)];
unescaped([C | Rest]) -> [C | unescaped(Rest)];
unescaped([]) -> [].
