%% title: JSON in and out
%% about: OTP's own json module: decoding into maps, changing a value with pattern
%%        matching, and encoding again.
%% run: json_tour:start().
-module(json_tour).

-export([start/0]).

start() ->
    Text = <<"{\"vm\": \"AtomVM\", \"sizes\": [1, 2.5, -3], \"ok\": true, \"none\": null}">>,
    #{<<"vm">> := Name, <<"sizes">> := Sizes} = Decoded = json:decode(Text),
    io:format("decoded: ~tp~n", [Decoded]),
    Changed = Decoded#{<<"sum">> => lists:sum(Sizes), <<"greeting">> => <<"Hej, ", Name/binary>>},
    Encoded = iolist_to_binary(json:encode(Changed)),
    io:format("encoded: ~ts~n", [Encoded]),
    json:decode(Encoded) =:= Changed.
