%% Tags of the external format that AtomVM does not read, written as those it does: identifiers as nodes before OTP 23
%% sent them, floats as texts, short atoms in Latin-1. Whoever wrote the bytes is not trusted: each length is checked
%% against what is there, and what is wrong in OTP is refused here too.
-module(erlang_external).
-export([older/2]).

%% What old identifiers have room for: the counter of a node's starts, the first word of a reference, and its words.
-define(CREATIONS, 4).
-define(FIRST_WORDS, 16#40000).
-define(WORDS, 5).

%% The term, if there is something old in it; an error otherwise. What it used is counted in the bytes that were given.
older(<<131, Term/binary>> = Binary, Options) ->
    {[_ | _] = Changes, Used} = changes(1, Term, erlang:byte_size(Binary), []),
    Read = eRlang:binary_to_term(changed(Binary, Used, Changes, []), Options),
    case lists:member(used, Options) of
        true -> {erlang:element(1, Read), Used};
        false -> Read
    end.

%% What has to change, the last first: where, how many bytes, into what. So many terms are still to come.
changes(0, Rest, Size, Changes) ->
    {Changes, Size - erlang:byte_size(Rest)};
changes(Count, <<Tag, Rest/binary>>, Size, Changes) ->
    case term(Tag, Rest) of
        {Inner, Next} -> changes(Count - 1 + Inner, Next, Size, Changes);
        {new, Bytes, Next} ->
            From = Size - erlang:byte_size(Rest) - 1,
            changes(Count - 1, Next, Size, [{From, Size - erlang:byte_size(Next) - From, Bytes} | Changes]);
        none -> none
    end;
changes(_, _, _, _) ->
    none.

changed(Binary, To, [{From, Length, Bytes} | Changes], Done) ->
    changed(Binary, From, Changes, [Bytes, erlang:binary_part(Binary, From + Length, To - From - Length) | Done]);
changed(Binary, To, [], Done) ->
    erlang:iolist_to_binary([erlang:binary_part(Binary, 0, To) | Done]).

%% Behind a tag: how many terms follow inside this one, and where; or the whole term in new bytes.
term(97, <<_, Rest/binary>>) -> {0, Rest};
term(98, <<_:32, Rest/binary>>) -> {0, Rest};
term(70, <<_:64, Rest/binary>>) -> {0, Rest};
term(100, <<Length:16, _:Length/binary, Rest/binary>>) -> {0, Rest};
term(118, <<Length:16, _:Length/binary, Rest/binary>>) -> {0, Rest};
term(119, <<Length, _:Length/binary, Rest/binary>>) -> {0, Rest};
term(104, <<Arity, Rest/binary>>) -> {Arity, Rest};
term(105, <<Arity:32, Rest/binary>>) -> {Arity, Rest};
term(106, Rest) -> {0, Rest};
term(107, <<Length:16, _:Length/binary, Rest/binary>>) -> {0, Rest};
term(108, <<Length:32, Rest/binary>>) -> {Length + 1, Rest};
term(109, <<Length:32, _:Length/binary, Rest/binary>>) -> {0, Rest};
term(110, <<Length, _, _:Length/binary, Rest/binary>>) -> {0, Rest};
term(116, <<Pairs:32, Rest/binary>>) -> {2 * Pairs, Rest};
term(113, Rest) -> {3, Rest};
%% A fun knows how long it is. Nodes that send it write what is inside with new tags.
term(112, <<Size:32, Rest/binary>>) when Size >= 4 ->
    case Rest of
        <<_:(Size - 4)/binary, Next/binary>> -> {0, Next};
        _ -> none
    end;
term(88, Rest) -> behind_node(Rest, 12);
term(120, Rest) -> behind_node(Rest, 12);
term(90, <<Words:16, Rest/binary>>) -> behind_node(Rest, 4 + 4 * Words);
term(115, <<Length, Name:Length/binary, Rest/binary>>) ->
    {new, <<100, Length:16, Name/binary>>, Rest};
term(99, <<Text:31/binary, Rest/binary>>) ->
    [Digits | _] = binary:split(Text, <<0>>),
    try erlang:binary_to_float(Digits) of
        Float -> {new, <<70, Float/float>>, Rest}
    catch
        error:badarg -> none
    end;
term(89, Bytes) ->
    case node_name(Bytes) of
        {Node, <<Id:32, Creation:32, Rest/binary>>} -> {new, <<120, Node/binary, Id:64, Creation:32>>, Rest};
        _ -> none
    end;
term(101, Bytes) ->
    case node_name(Bytes) of
        {Node, <<Id:32, Creation, Rest/binary>>} -> reference(Node, 1, Creation, <<Id:32>>, Rest);
        _ -> none
    end;
term(102, Bytes) ->
    case node_name(Bytes) of
        {Node, <<Id:32, Creation, Rest/binary>>} when Creation < ?CREATIONS ->
            {new, <<120, Node/binary, Id:64, Creation:32>>, Rest};
        _ -> none
    end;
term(103, Bytes) ->
    case node_name(Bytes) of
        {Node, <<Id:32, Serial:32, Creation, Rest/binary>>} when Creation < ?CREATIONS ->
            {new, <<88, Node/binary, Id:32, Serial:32, Creation:32>>, Rest};
        _ -> none
    end;
term(114, <<Words:16, Bytes/binary>>) when Words > 0, Words =< ?WORDS ->
    case node_name(Bytes) of
        {Node, <<Creation, Ids:(4 * Words)/binary, Rest/binary>>} -> reference(Node, Words, Creation, Ids, Rest);
        _ -> none
    end;
term(_, _) ->
    none.

reference(Node, Words, Creation, <<First:32, _/binary>> = Ids, Rest)
        when Creation < ?CREATIONS, First < ?FIRST_WORDS ->
    {new, <<90, Words:16, Node/binary, Creation:32, Ids/binary>>, Rest};
reference(_, _, _, _, _) ->
    none.

%% So many bytes stand behind the name of a node.
behind_node(Bytes, Length) ->
    case node_name(Bytes) of
        {_, <<_:Length/binary, Rest/binary>>} -> {0, Rest};
        _ -> none
    end.

%% The name with a tag that the VM reads, and what is behind it.
node_name(<<115, Length, Name:Length/binary, Rest/binary>>) -> {<<100, Length:16, Name/binary>>, Rest};
node_name(<<119, Length, Name:Length/binary, Rest/binary>>) -> {<<119, Length, Name/binary>>, Rest};
node_name(<<Tag, Length:16, Name:Length/binary, Rest/binary>>) when Tag =:= 100; Tag =:= 118 ->
    {<<Tag, Length:16, Name/binary>>, Rest};
node_name(_) -> none.
