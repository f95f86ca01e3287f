%% The native part of `unicode`.
-module(unicode).
-export([bin_is_7bit/1]).

bin_is_7bit(<<Byte, Rest/binary>>) when Byte < 128 -> bin_is_7bit(Rest);
bin_is_7bit(<<>>) -> true;
bin_is_7bit(_) -> false.
