%% OTP looks at a text's bytes through guards that list every plain byte; its machine jumps by such a list, AtomVM
%% walks along it: 12 us for each byte. Ranges say the same in a fortieth of the time.
-module(json).
-export([]).

-define(IS_PLAIN(Byte), (Byte >= 35 andalso Byte < 128 andalso Byte =/= $\\ orelse Byte =:= 32 orelse Byte =:= 33)).

%% A long text is escaped by natives: a list of its parts would be copied at every collection of garbage.
-define(LONG_BYTES, 256).

escape_binary(Text) when byte_size(Text) < ?LONG_BYTES ->
    escape_binary_ascii(Text, [$"], Text, 0, 0);
escape_binary(Text) ->
    case unicode:characters_to_binary(Text) of
        Text -> [$", escape_all_of(<<"\\\"", (<< <<Byte>> || Byte <- lists:seq(0, 31) >>)/binary>>, Text), $"];
        %% Says where it is no text.
        _ -> escape_binary_ascii(Text, [$"], Text, 0, 0)
    end.

%% The backslash first, since escapes hold it.
escape_all_of(<<Byte, Bytes/binary>>, Text) ->
    case binary:match(Text, <<Byte>>) of
        nomatch -> escape_all_of(Bytes, Text);
        _ -> escape_all_of(Bytes, binary:replace(Text, <<Byte>>, iolist_to_binary(escape(Byte)), [global]))
    end;
escape_all_of(<<>>, Text) ->
    Text.

%% Goes on behind what needs no escape.
escape_binary_ascii(Text, Acc, Original, Skip, Length) ->
    Plain = plain(Text, 0),
    <<_:Plain/binary, Rest/binary>> = Text,
    escape_binary(Rest, Acc, Original, Skip, Length + Plain).

%% Goes on behind what is no escape and no end.
string_ascii(Text, Original, Skip, Acc, Stack, Decode, Length) ->
    Plain = plain(Text, 0),
    <<_:Plain/binary, Rest/binary>> = Text,
    string(Rest, Original, Skip, Acc, Stack, Decode, Length + Plain).

%% The same in a text that had an escape.
string_ascii(Text, Original, Skip, Acc, Stack, Decode, Start, Length, Read) ->
    Plain = plain(Text, 0),
    <<_:Plain/binary, Rest/binary>> = Text,
    string(Rest, Original, Skip, Acc, Stack, Decode, Start, Length + Plain, Read).

%% How many bytes stand for themselves in JSON; whole characters only, so that bad UTF-8 is found where it was.
plain(<<A, B, C, D, E, F, G, H, Rest/binary>>, Length)
  when ?IS_PLAIN(A), ?IS_PLAIN(B), ?IS_PLAIN(C), ?IS_PLAIN(D),
       ?IS_PLAIN(E), ?IS_PLAIN(F), ?IS_PLAIN(G), ?IS_PLAIN(H) ->
    plain(Rest, Length + 8);
plain(<<Byte, Rest/binary>>, Length) when ?IS_PLAIN(Byte) ->
    plain(Rest, Length + 1);
plain(<<Character/utf8, Rest/binary>>, Length) when Character >= 16#10000 ->
    plain(Rest, Length + 4);
plain(<<Character/utf8, Rest/binary>>, Length) when Character >= 16#800 ->
    plain(Rest, Length + 3);
plain(<<Character/utf8, Rest/binary>>, Length) when Character >= 16#80 ->
    plain(Rest, Length + 2);
plain(_, Length) ->
    Length.
