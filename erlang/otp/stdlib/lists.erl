%% The native part of `lists`.
-module(lists).
-export([keysearch/3]).

keysearch(Key, Place, Tuples) ->
    case lists:keyfind(Key, Place, Tuples) of
        false -> false;
        Tuple -> {value, Tuple}
    end.
