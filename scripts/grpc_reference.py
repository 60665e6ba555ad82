"""Prints the reference of the one file in a descriptor set that has source info, in Markdown."""

import pathlib
import re
import sys

from google.protobuf import descriptor_pb2

Field = descriptor_pb2.FieldDescriptorProto
# Field numbers within the descriptors, of which a location's path consists.
MESSAGES, ENUMS, SERVICES, FIELDS, VALUES, METHODS = 4, 5, 6, 2, 2, 2


class Reference:
    def __init__(self, file):
        self.file = file
        self.comments = {tuple(at.path): at.leading_comments for at in file.source_code_info.location}

    def comment(self, *path):
        """Without the blank that each line starts with."""
        return re.sub(r"(?m)^ ", "", self.comments.get(path, "")).strip().replace("<", "\\<")

    def cell(self, *path):
        return self.comment(*path).replace("\n", " ").replace("|", "\\|")

    def link(self, type_name):
        name = type_name.rsplit(".", 1)[-1]
        ours = type_name.startswith(f".{self.file.package}.")
        return f"[{name}](#{name.lower()})" if ours else f"`{type_name[1:]}`"

    def type_of(self, field, maps):
        if field.type_name in maps:
            key, value = maps[field.type_name].field
            return f"map of {self.type_of(key, maps)} to {self.type_of(value, maps)}"
        name = self.link(field.type_name) if field.type_name else Field.Type.Name(field.type)[len("TYPE_"):].lower()
        if field.label == Field.LABEL_REPEATED:
            return f"list of {name}"
        return f"{name}, optional" if field.proto3_optional else name

    def messages(self):
        for i, message in enumerate(self.file.message_type):
            maps = {f".{self.file.package}.{message.name}.{one.name}": one for one in message.nested_type
                    if one.options.map_entry}
            yield f"### {message.name}\n\n{self.comment(MESSAGES, i)}\n"
            yield "| field | number | type | |\n|---|---|---|---|"
            for j, field in enumerate(message.field):
                about = self.cell(MESSAGES, i, FIELDS, j)
                yield f"| `{field.name}` | {field.number} | {self.type_of(field, maps)} | {about} |"
            yield ""

    def enums(self):
        for i, enum in enumerate(self.file.enum_type):
            yield f"### {enum.name}\n\n{self.comment(ENUMS, i)}\n"
            yield "| value | number | |\n|---|---|---|"
            for j, value in enumerate(enum.value):
                yield f"| `{value.name}` | {value.number} | {self.cell(ENUMS, i, VALUES, j)} |"
            yield ""

    def services(self):
        for i, service in enumerate(self.file.service):
            yield f"## {service.name}\n\n{self.comment(SERVICES, i)}\n"
            for j, method in enumerate(service.method):
                yield (f"### {method.name}\n\n{self.link(method.input_type)} → {self.link(method.output_type)}\n\n"
                       f"{self.comment(SERVICES, i, METHODS, j)}\n")

    def markdown(self):
        yield (f"# gRPC reference\n\nPackage `{self.file.package}`. Written by `scripts/grpc-reference` from "
               f"[`{self.file.name}`](../proto/{self.file.name}), which is the contract.\n")
        yield self.comment(2) + "\n"
        yield from self.services()
        yield "## Messages\n"
        yield from self.messages()
        yield "## Enums\n"
        yield from self.enums()


def main():
    files = descriptor_pb2.FileDescriptorSet.FromString(pathlib.Path(sys.argv[1]).read_bytes()).file
    print("\n".join(Reference(files[-1]).markdown()).strip())


if __name__ == "__main__":
    main()
