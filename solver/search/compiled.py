"""How the inner loops are compiled, and how they see the arrays they work on.

Two measured facts shape this room (`fits`, one call): passing forty arrays as a tuple and counting
references to each at every access cost 1,766 ns where 35 do, and two minutes of compilation. So
compiled code gets one pointer to a table of addresses, an attribute access builds the array it
names, and reference counting is off: a compiled function must not allocate. A light optimisation
level compiles in half the time and runs as fast here. Machine code is cached beside the source.
"""

from typing import Any, NamedTuple, TypeVar, cast

import numpy as np
from numba import types
from numba.core import cgutils, config
from numba.core.imputils import lower_getattr_generic
from numba.core.typing.templates import AttributeTemplate, infer_getattr
from numba.extending import NativeValue, models, register_model, typeof_impl, unbox
from numba.np.arrayobj import make_array, populate_array
from numba.np.numpy_support import from_dtype
from numpy.typing import NDArray

from solver.native import Function, native

Named = TypeVar("Named", bound=NamedTuple)

vars(config).update(OPT=config._OptLevel(1), LOOP_VECTORIZE=0, SLP_VECTORIZE=0)

_CELLS = 4
"""Cells of the address table for each array: its address, then up to three lengths."""


def compiled(function: Function) -> Function:
    """Compile a loop or a decision, on first use or from the cache; it runs without the GIL."""
    made: Any = native(nogil=True, _nrt=False)(function)
    template = made.get_call_template
    made.get_call_template = lambda args, named: template(tuple(map(_plain, args)), named)
    return cast("Function", made)


def _plain(kind: types.Type) -> types.Type:
    """Integers as int64: else a function is compiled anew for each width and each constant."""
    return types.int64 if isinstance(kind, types.Integer | types.IntegerLiteral) else kind


class _Held:
    """Named arrays behind one pointer; in Python, reads like the tuple it was made from."""

    def __init__(self, arrays: Any) -> None:
        self._arrays = arrays
        self._table = np.zeros((len(arrays), _CELLS), np.int64)
        for row, array in zip(self._table, arrays, strict=True):
            row[0] = array.ctypes.data
            row[1 : 1 + array.ndim] = array.shape
        self._address = self._table.ctypes.data
        self.numba_type = _HeldType(
            tuple(
                (n, from_dtype(a.dtype), a.ndim)
                for n, a in zip(arrays._fields, arrays, strict=True)
            )
        )

    def __getattr__(self, name: str) -> Any:
        return getattr(self._arrays, name)


def hold(arrays: Named) -> Named:
    """The same named arrays, in the form that compiled functions take.

    Index arrays become int64: with one type of integer, each function is compiled once.
    """
    make: Any = type(arrays)
    return cast("Named", _Held(make(*(_wide(a) for a in arrays))))


def _wide(array: NDArray[Any]) -> NDArray[Any]:
    return np.ascontiguousarray(array, np.int64 if array.dtype == np.int32 else None)


class _HeldType(types.Type):
    """Numba's name for a `_Held`: (name, dtype, dimensions) of each array."""

    def __init__(self, fields: tuple[tuple[str, Any, int], ...]) -> None:
        self.fields = fields
        super().__init__(name=f"Held{fields}")

    def array(self, name: str) -> tuple[int, types.Array] | None:
        """Row in the address table, and array type."""
        for row, (field, dtype, dimensions) in enumerate(self.fields):
            if field == name:
                return row, types.Array(dtype, dimensions, "C")
        return None


register_model(_HeldType)(models.OpaqueModel)


@typeof_impl.register(_Held)
def _typeof_held(value: _Held, context: Any) -> _HeldType:
    return value.numba_type


@unbox(_HeldType)
def _unbox_held(kind: _HeldType, value: Any, c: Any) -> NativeValue:
    table = c.pyapi.object_getattr_string(value, "_address")
    pointer = c.pyapi.long_as_voidptr(table)
    c.pyapi.decref(table)
    return NativeValue(pointer)


@infer_getattr
class _HeldAttribute(AttributeTemplate):
    key = _HeldType

    def generic_resolve(self, kind: _HeldType, name: str) -> types.Array | None:  # type: ignore[override]
        found = kind.array(name)
        return found[1] if found else None


@lower_getattr_generic(_HeldType)
def _lower_held_attribute(
    context: Any, builder: Any, kind: _HeldType, value: Any, name: str
) -> Any:
    row, array_type = kind.array(name)  # type: ignore[misc]
    word = context.get_value_type(types.intp)
    table = builder.bitcast(value, word.as_pointer())
    cells = [
        builder.load(cgutils.gep_inbounds(builder, table, row * _CELLS + i))
        for i in range(1 + array_type.ndim)
    ]
    item_size = context.get_abi_sizeof(context.get_data_type(array_type.dtype))
    strides = [context.get_constant(types.intp, item_size)]
    for length in reversed(cells[2:]):
        strides.insert(0, builder.mul(strides[0], length))
    array = make_array(array_type)(context, builder)
    populate_array(
        array,
        data=builder.inttoptr(cells[0], context.get_data_type(array_type.dtype).as_pointer()),
        shape=cells[1:],
        strides=strides,
        itemsize=context.get_constant(types.intp, item_size),
        meminfo=None,
    )
    return array._getvalue()
