%% What would end a machine or raise where OTP would not.
-module(stubs).
-export([left_to_native/1, lists_member/2, calls_own/1, missing/0, present/0]).

left_to_native(_) -> erlang:nif_error(undef).

lists_member(X, List) -> lists:member(X, List).

calls_own(X) -> own(X) + 1.

own(_) -> erlang:nif_error(undef).

-file("elsewhere.hrl", 7000).

missing() -> nowhere:nothing(1).

present() -> shapes:area({rect, 1, 2}).
