"""Writes ONNX files with what the format has, and beside each what onnx itself reads of it. python onnx_files.py FOLDER"""

import json
import os
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


def main(folder):
    for name, model in models().items():
        path = os.path.join(folder, f"{name}.onnx")
        if name == "external":
            onnx.save(model, path, save_as_external_data=True, location="weights.bin", size_threshold=0)
        else:
            onnx.save(model, path)
        with open(os.path.join(folder, f"{name}.json"), "w") as file:
            json.dump(described(onnx.load(path)), file)


def models():
    yes = {f"opset_{version}": of_opset(version) for version in range(1, 26)}
    return {**yes, "subgraphs": with_subgraphs(), "functions": with_functions(), "sparse": with_sparse(),
            "training": with_training(), "attributes": with_attributes(), "types": with_types(), "external": with_weights()}


def graph(nodes, initializers=(), **more):
    return helper.make_graph(nodes, "graph", [floats("x", ["batch", 4])], [floats("y", ["batch", None])], list(initializers), **more)


def floats(name, shape):
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)


def of_opset(version, nodes=None):
    relu = helper.make_node("Relu", ["x"], ["y"], name="relu")
    model = helper.make_model(nodes or graph([relu]), opset_imports=[helper.make_opsetid("", version)], producer_name="helper")
    helper.set_model_props(model, {"run": "1", "이름": "값"})
    model.doc_string = "a model"
    return model


def with_subgraphs():
    def branch(name, op):
        return helper.make_graph([helper.make_node(op, ["x"], [name])], name, [], [floats(name, None)])

    inner = helper.make_node("If", ["c"], ["z"], then_branch=branch("a", "Neg"), else_branch=branch("b", "Abs"))
    outer = helper.make_graph([inner], "outer", [], [floats("z", None)])
    condition = helper.make_node("Constant", [], ["c"], value=helper.make_tensor("", TensorProto.BOOL, [], [True]))
    node = helper.make_node("If", ["c"], ["y"], then_branch=outer, else_branch=branch("d", "Relu"))
    return of_opset(17, graph([condition, node]))


def with_functions():
    leaky = helper.make_node("LeakyRelu", ["v"], ["w"])
    reference = onnx.AttributeProto(name="alpha", ref_attr_name="slope", type=onnx.AttributeProto.FLOAT)
    leaky.attribute.append(reference)
    default = helper.make_attribute("slope", 0.25)
    function = helper.make_function("local", "Activate", ["v"], ["w"], [leaky], [helper.make_opsetid("", 17)], [], [default])
    other = helper.make_function("local", "Twice", ["v"], ["w"], [helper.make_node("Add", ["v", "v"], ["w"])],
                                 [helper.make_opsetid("", 17)], ["factor"])
    other.overload = "float"
    nodes = [helper.make_node("Activate", ["x"], ["h"], domain="local"),
             helper.make_node("Twice", ["h"], ["y"], domain="local", overload="float", factor=3)]
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("local", 1)]
    return helper.make_model(graph(nodes), opset_imports=opsets, functions=[function, other])


def sparse(name, shape, values, indices):
    dense = numpy_helper.from_array(np.array(values, np.float32), name)
    return helper.make_sparse_tensor(dense, numpy_helper.from_array(np.array(indices, np.int64), f"{name}_at"), shape)


def with_sparse():
    nodes = [helper.make_node("MatMul", ["x", "w"], ["h"]),
             helper.make_node("Constant", [], ["c"], sparse_value=sparse("", [2], [5.0], [1])),
             helper.make_node("Add", ["h", "c"], ["y"])]
    return of_opset(17, graph(nodes, sparse_initializer=[sparse("w", [4, 2], [1.0, -2.0], [[0, 1], [3, 0]])]))


def with_training():
    model = of_opset(17)
    step = helper.make_graph([helper.make_node("Neg", ["w"], ["g"])], "step", [], [floats("g", [1])])
    model.training_info.append(helper.make_training_info(step, [("w", "g")], None, None))
    return model


def with_attributes():
    tensors = [helper.make_tensor("a", TensorProto.INT64, [2], [1, -2]), helper.make_tensor("b", TensorProto.FLOAT, [], [0.5])]
    node = helper.make_node("Everything", ["x", "", "x"], ["y", ""], name="노드", domain="vendor", doc_string="said",
                            zero=0, minus=-1, largest=2**53, half=0.5, text="한글",
                            numbers=[3, -4], fractions=[0.5, -0.25], texts=["a", "", "ü"], tensors=tensors, tensor=tensors[0])
    node.attribute.append(helper.make_attribute("empty", [], attr_type=onnx.AttributeProto.INTS))
    node.metadata_props.add(key="namespace", value="model.0")
    return of_opset(17, graph([node]))


def with_types():
    sequence = helper.make_tensor_sequence_value_info("s", TensorProto.FLOAT, None)
    sparse_type = helper.make_sparse_tensor_value_info("t", TensorProto.FLOAT, [3, "n"])
    result = graph([helper.make_node("Relu", ["x"], ["y"])], value_info=[floats("h", ["batch", 3]), sequence, sparse_type])
    result.input.append(helper.make_tensor_value_info("scalar", TensorProto.INT64, []))
    return of_opset(21, result)


def with_weights():
    weights = [numpy_helper.from_array(np.arange(12, dtype=np.float32).reshape(4, 3), "w"),
               numpy_helper.from_array(np.array([-1.0, 0.0, 300.0], np.float64), "b"),
               helper.make_tensor("h", TensorProto.FLOAT16, [2], [0.5, -2.0]),
               helper.make_tensor("i", TensorProto.INT8, [3], [-128, 0, 127])]
    return of_opset(17, graph([helper.make_node("MatMul", ["x", "w"], ["y"])], weights))


def described(model):
    return {"ir": model.ir_version, "producer": model.producer_name, "doc": model.doc_string,
            "opsets": {each.domain: each.version for each in model.opset_import},
            "metadata": {each.key: each.value for each in model.metadata_props},
            "training": len(model.training_info) > 0, "graph": described_graph(model.graph),
            "functions": [described_function(each) for each in model.functions]}


def described_graph(graph):
    return {"name": graph.name, "nodes": [described_node(each) for each in graph.node],
            "initializers": [described_tensor(each) for each in graph.initializer],
            "sparse": [described_sparse(each) for each in graph.sparse_initializer],
            "inputs": [described_value(each) for each in graph.input], "outputs": [described_value(each) for each in graph.output],
            "values": [described_value(each) for each in graph.value_info]}


def described_node(node):
    return {"name": node.name, "op": node.op_type, "domain": node.domain, "overload": node.overload, "doc": node.doc_string,
            "inputs": list(node.input), "outputs": list(node.output),
            "metadata": {each.key: each.value for each in node.metadata_props},
            "attributes": {each.name: described_attribute(each) for each in node.attribute}}


def described_attribute(attribute):
    if attribute.ref_attr_name:
        return {"reference": attribute.ref_attr_name}
    value = helper.get_attribute_value(attribute)
    said = {onnx.AttributeProto.STRING: bytes.decode, onnx.AttributeProto.STRINGS: lambda all: [each.decode() for each in all],
            onnx.AttributeProto.TENSOR: described_tensor, onnx.AttributeProto.TENSORS: lambda all: [described_tensor(each) for each in all],
            onnx.AttributeProto.GRAPH: described_graph, onnx.AttributeProto.SPARSE_TENSOR: described_sparse,
            onnx.AttributeProto.INTS: list, onnx.AttributeProto.FLOATS: list}.get(attribute.type, lambda value: value)
    return {"kind": attribute.type, "value": said(value)}


def described_tensor(tensor):
    return {"name": tensor.name, "type": tensor.data_type, "dims": list(tensor.dims),
            "values": numpy_helper.to_array(tensor).astype(float).flatten().tolist()}


def described_sparse(tensor):
    return {"dims": list(tensor.dims), "values": described_tensor(tensor.values), "indices": described_tensor(tensor.indices)}


def described_value(value):
    kind = value.type.WhichOneof("value")
    tensor = getattr(value.type, kind) if kind in ("tensor_type", "sparse_tensor_type") else None
    shape = None
    if tensor is not None and tensor.HasField("shape"):
        shape = [each.dim_value if each.HasField("dim_value") else each.dim_param for each in tensor.shape.dim]
    return {"name": value.name, "type": tensor.elem_type if tensor is not None else 0, "shape": shape}


def described_function(function):
    return {"name": function.name, "domain": function.domain, "overload": function.overload, "inputs": list(function.input),
            "outputs": list(function.output), "attributes": list(function.attribute),
            "defaults": {each.name: described_attribute(each) for each in function.attribute_proto},
            "nodes": [described_node(each) for each in function.node], "opsets": {each.domain: each.version for each in function.opset_import}}


if __name__ == "__main__":
    main(sys.argv[1])
