%% Counters are atomics under another name.
-module(counters).
-overlay(whole).
-export([new/2, get/2, add/3, sub/3, put/3, info/1]).

new(Size, Options) when is_integer(Size), Size > 0, is_list(Options) -> {?MODULE, atomics:new(Size, [])};
new(Size, Options) -> error(badarg, [Size, Options]).

get({?MODULE, Array}, Place) -> atomics:get(Array, Place);
get(Counters, Place) -> error(badarg, [Counters, Place]).

add({?MODULE, Array}, Place, Increment) -> atomics:add(Array, Place, Increment);
add(Counters, Place, Increment) -> error(badarg, [Counters, Place, Increment]).

sub({?MODULE, Array}, Place, Decrement) -> atomics:sub(Array, Place, Decrement);
sub(Counters, Place, Decrement) -> error(badarg, [Counters, Place, Decrement]).

put({?MODULE, Array}, Place, Value) -> atomics:put(Array, Place, Value);
put(Counters, Place, Value) -> error(badarg, [Counters, Place, Value]).

info({?MODULE, Array}) -> maps:with([size, memory], atomics:info(Array));
info(Counters) -> error(badarg, [Counters]).
